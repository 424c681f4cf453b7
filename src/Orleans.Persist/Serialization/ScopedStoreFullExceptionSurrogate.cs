namespace Orleans.Persist.Serialization;

/// <summary>What <see cref="Orleans.Persist.Scopes.ScopedStoreFullException"/> says.</summary>
[GenerateSerializer, Immutable, Alias("Orleans.Persist.ScopedStoreFullException")]
internal readonly record struct ScopedStoreFullExceptionSurrogate(
    [property: Id(0)] long Bytes,
    [property: Id(1)] long Used,
    [property: Id(2)] long Limit);
