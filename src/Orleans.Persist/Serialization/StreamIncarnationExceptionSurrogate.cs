namespace Orleans.Persist.Serialization;

/// <summary>What <see cref="Orleans.Persist.Journal.StreamIncarnationException"/> says.</summary>
[GenerateSerializer, Immutable, Alias("Orleans.Persist.StreamIncarnationException")]
internal readonly record struct StreamIncarnationExceptionSurrogate(
    [property: Id(0)] string Stream,
    [property: Id(1)] int Expected,
    [property: Id(2)] int Actual);
