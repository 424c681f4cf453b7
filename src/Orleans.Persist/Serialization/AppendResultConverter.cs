using Orleans.Persist.Journal;

namespace Orleans.Persist.Serialization;

/// <inheritdoc/>
[RegisterConverter]
internal sealed class AppendResultConverter : IConverter<AppendResult, AppendResultSurrogate>
{
    /// <inheritdoc/>
    public AppendResultSurrogate ConvertToSurrogate(in AppendResult value) =>
        new(value.Incarnation, value.FirstVersion, value.LastVersion, value.LastPosition, value.Recorded, value.Duplicate);

    /// <inheritdoc/>
    public AppendResult ConvertFromSurrogate(in AppendResultSurrogate surrogate) => new(surrogate.Incarnation, surrogate.FirstVersion, surrogate.LastVersion, surrogate.LastPosition, surrogate.Recorded, surrogate.Duplicate);
}
