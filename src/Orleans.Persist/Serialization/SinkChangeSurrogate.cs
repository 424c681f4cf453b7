using Orleans.Persist.Sources;

namespace Orleans.Persist.Serialization;

/// <summary>What happened to a sink.</summary>
[GenerateSerializer, Immutable, Alias("Orleans.Persist.SinkChange")]
internal readonly record struct SinkChangeSurrogate(
    [property: Id(0)] SinkChangeKind Kind,
    [property: Id(1)] string Sink,
    [property: Id(2)] string Runner,
    [property: Id(3)] long Sequence,
    [property: Id(4)] string? Address,
    [property: Id(5)] int Incarnation,
    [property: Id(6)] long Version,
    [property: Id(7)] bool Found,
    [property: Id(8)] string? Error);
