using Orleans.Persist.Scopes;

namespace Orleans.Persist.Serialization;

/// <inheritdoc/>
[RegisterConverter]
internal sealed class ScopedStoreFullExceptionConverter : IConverter<ScopedStoreFullException, ScopedStoreFullExceptionSurrogate>
{
    /// <inheritdoc/>
    public ScopedStoreFullExceptionSurrogate ConvertToSurrogate(in ScopedStoreFullException value) => new(value.Bytes, value.Used, value.Limit);

    /// <inheritdoc/>
    public ScopedStoreFullException ConvertFromSurrogate(in ScopedStoreFullExceptionSurrogate surrogate) => new(surrogate.Bytes, surrogate.Used, surrogate.Limit);
}
