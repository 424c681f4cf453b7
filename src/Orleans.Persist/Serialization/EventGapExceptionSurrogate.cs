namespace Orleans.Persist.Serialization;

/// <summary>What <see cref="Orleans.Persist.Sources.EventGapException"/> says.</summary>
[GenerateSerializer, Immutable, Alias("Orleans.Persist.EventGapException")]
internal readonly record struct EventGapExceptionSurrogate(
    [property: Id(0)] string EventSource,
    [property: Id(1)] string Sink,
    [property: Id(2)] long Covered,
    [property: Id(3)] long First);
