using Orleans.Persist.Journal;

namespace Orleans.Persist.Serialization;

/// <summary>What to read.</summary>
[GenerateSerializer, Immutable, Alias("Orleans.Persist.ReadRequest")]
internal readonly record struct ReadRequestSurrogate(
    [property: Id(0)] long? From,
    [property: Id(1)] long? To,
    [property: Id(2)] bool Backward,
    [property: Id(3)] long Limit,
    [property: Id(4)] EventFilter? Filter,
    [property: Id(5)] int Incarnation);
