using Orleans.Persist.Objects;

namespace Orleans.Persist.Serialization;

/// <inheritdoc/>
[RegisterConverter]
internal sealed class ObjectPurgeConverter : IConverter<ObjectPurge, ObjectPurgeSurrogate>
{
    /// <inheritdoc/>
    public ObjectPurgeSurrogate ConvertToSurrogate(in ObjectPurge value) =>
        new(value.Purged, value.Kept, value.Cutoff);

    /// <inheritdoc/>
    public ObjectPurge ConvertFromSurrogate(in ObjectPurgeSurrogate surrogate) => new(surrogate.Purged, surrogate.Kept, surrogate.Cutoff);
}
