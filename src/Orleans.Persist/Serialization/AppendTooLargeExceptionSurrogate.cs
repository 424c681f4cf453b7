namespace Orleans.Persist.Serialization;

/// <summary>What <see cref="Orleans.Persist.Journal.AppendTooLargeException"/> says.</summary>
[GenerateSerializer, Immutable, Alias("Orleans.Persist.AppendTooLargeException")]
internal readonly record struct AppendTooLargeExceptionSurrogate(
    [property: Id(0)] string Stream,
    [property: Id(1)] string What,
    [property: Id(2)] long Size,
    [property: Id(3)] long Limit);
