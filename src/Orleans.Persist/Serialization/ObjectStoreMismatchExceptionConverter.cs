using Orleans.Persist.Objects;

namespace Orleans.Persist.Serialization;

/// <inheritdoc/>
[RegisterConverter]
internal sealed class ObjectStoreMismatchExceptionConverter : IConverter<ObjectStoreMismatchException, ObjectStoreMismatchExceptionSurrogate>
{
    /// <inheritdoc/>
    public ObjectStoreMismatchExceptionSurrogate ConvertToSurrogate(in ObjectStoreMismatchException value) => new(value.Name, value.Created, value.Opened);

    /// <inheritdoc/>
    public ObjectStoreMismatchException ConvertFromSurrogate(in ObjectStoreMismatchExceptionSurrogate surrogate) => new(surrogate.Name, surrogate.Created, surrogate.Opened);
}
