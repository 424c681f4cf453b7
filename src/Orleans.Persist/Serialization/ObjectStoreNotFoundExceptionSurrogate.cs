namespace Orleans.Persist.Serialization;

/// <summary>What <see cref="Orleans.Persist.Objects.ObjectStoreNotFoundException"/> says.</summary>
[GenerateSerializer, Immutable, Alias("Orleans.Persist.ObjectStoreNotFoundException")]
internal readonly record struct ObjectStoreNotFoundExceptionSurrogate(
    [property: Id(0)] string Name);
