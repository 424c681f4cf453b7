using Orleans.Persist.Sources;

namespace Orleans.Persist.Serialization;

/// <inheritdoc/>
[RegisterConverter]
internal sealed class SinkProgressConverter : IConverter<SinkProgress, SinkProgressSurrogate>
{
    /// <inheritdoc/>
    public SinkProgressSurrogate ConvertToSurrogate(in SinkProgress value) =>
        new(value.Online, value.Version, value.ExportedVersion, value.Replayed, value.Error);

    /// <inheritdoc/>
    public SinkProgress ConvertFromSurrogate(in SinkProgressSurrogate surrogate) => new(surrogate.Online, surrogate.Version, surrogate.ExportedVersion, surrogate.Replayed, surrogate.Error);
}
