using Orleans.Persist.Objects;

namespace Orleans.Persist.Serialization;

/// <inheritdoc/>
[RegisterConverter]
internal sealed class ObjectStoreExistsExceptionConverter : IConverter<ObjectStoreExistsException, ObjectStoreExistsExceptionSurrogate>
{
    /// <inheritdoc/>
    public ObjectStoreExistsExceptionSurrogate ConvertToSurrogate(in ObjectStoreExistsException value) => new(value.Name);

    /// <inheritdoc/>
    public ObjectStoreExistsException ConvertFromSurrogate(in ObjectStoreExistsExceptionSurrogate surrogate) => new(surrogate.Name);
}
