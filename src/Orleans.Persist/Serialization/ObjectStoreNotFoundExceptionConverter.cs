using Orleans.Persist.Objects;

namespace Orleans.Persist.Serialization;

/// <inheritdoc/>
[RegisterConverter]
internal sealed class ObjectStoreNotFoundExceptionConverter : IConverter<ObjectStoreNotFoundException, ObjectStoreNotFoundExceptionSurrogate>
{
    /// <inheritdoc/>
    public ObjectStoreNotFoundExceptionSurrogate ConvertToSurrogate(in ObjectStoreNotFoundException value) => new(value.Name);

    /// <inheritdoc/>
    public ObjectStoreNotFoundException ConvertFromSurrogate(in ObjectStoreNotFoundExceptionSurrogate surrogate) => new(surrogate.Name);
}
