namespace Orleans.Persist.Serialization;

/// <summary>What <see cref="Orleans.Persist.Objects.ObjectStoreExistsException"/> says.</summary>
[GenerateSerializer, Immutable, Alias("Orleans.Persist.ObjectStoreExistsException")]
internal readonly record struct ObjectStoreExistsExceptionSurrogate(
    [property: Id(0)] string Name);
