namespace Orleans.Persist.Serialization;

/// <summary>The state of a stream.</summary>
[GenerateSerializer, Immutable, Alias("Orleans.Persist.StreamHead")]
internal readonly record struct StreamHeadSurrogate(
    [property: Id(0)] string Stream,
    [property: Id(1)] int Incarnation,
    [property: Id(2)] long Version,
    [property: Id(3)] long FirstVersion,
    [property: Id(4)] DateTimeOffset Recorded);
