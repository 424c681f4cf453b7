using Orleans.Persist.Sources;

namespace Orleans.Persist.Serialization;

/// <inheritdoc/>
[RegisterConverter]
internal sealed class SinkRecordConverter : IConverter<SinkRecord, SinkRecordSurrogate>
{
    /// <inheritdoc/>
    public SinkRecordSurrogate ConvertToSurrogate(in SinkRecord value) =>
        new(value.Name, value.Runner, value.Sequence, value.Address, value.Incarnation, value.Registered, value.LastNumber, value.RunningNumber, value.RunningVersion, value.ExportNumber, [.. value.ExportedVersions], value.LastExport, value.Exports, value.FailedExports, value.LastError);

    /// <inheritdoc/>
    public SinkRecord ConvertFromSurrogate(in SinkRecordSurrogate surrogate) => new()
    {
        Name = surrogate.Name,
        Runner = surrogate.Runner,
        Sequence = surrogate.Sequence,
        Address = surrogate.Address,
        Incarnation = surrogate.Incarnation,
        Registered = surrogate.Registered,
        LastNumber = surrogate.LastNumber,
        RunningNumber = surrogate.RunningNumber,
        RunningVersion = surrogate.RunningVersion,
        ExportNumber = surrogate.ExportNumber,
        ExportedVersions = surrogate.ExportedVersions,
        LastExport = surrogate.LastExport,
        Exports = surrogate.Exports,
        FailedExports = surrogate.FailedExports,
        LastError = surrogate.LastError,
    };
}
