using Orleans.Persist.Sources;

namespace Orleans.Persist.Serialization;

/// <inheritdoc/>
[RegisterConverter]
internal sealed class SinkStatusConverter : IConverter<SinkStatus, SinkStatusSurrogate>
{
    /// <inheritdoc/>
    public SinkStatusSurrogate ConvertToSurrogate(in SinkStatus value) =>
        new(value.Name, value.Online, value.Version, value.Behind, value.ExportNumber, value.ExportedVersion, value.LastExport, value.Exports, value.FailedExports, value.Replayed, value.LastError);

    /// <inheritdoc/>
    public SinkStatus ConvertFromSurrogate(in SinkStatusSurrogate surrogate) => new()
    {
        Name = surrogate.Name,
        Online = surrogate.Online,
        Version = surrogate.Version,
        Behind = surrogate.Behind,
        ExportNumber = surrogate.ExportNumber,
        ExportedVersion = surrogate.ExportedVersion,
        LastExport = surrogate.LastExport,
        Exports = surrogate.Exports,
        FailedExports = surrogate.FailedExports,
        Replayed = surrogate.Replayed,
        LastError = surrogate.LastError,
    };
}
