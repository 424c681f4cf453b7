namespace Orleans.Persist.Serialization;

/// <summary>What <see cref="Orleans.Persist.Objects.ObjectStoreMismatchException"/> says.</summary>
[GenerateSerializer, Immutable, Alias("Orleans.Persist.ObjectStoreMismatchException")]
internal readonly record struct ObjectStoreMismatchExceptionSurrogate(
    [property: Id(0)] string Name,
    [property: Id(1)] string Created,
    [property: Id(2)] string Opened);
