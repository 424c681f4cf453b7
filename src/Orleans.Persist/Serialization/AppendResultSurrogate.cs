namespace Orleans.Persist.Serialization;

/// <summary>The result of an append.</summary>
[GenerateSerializer, Immutable, Alias("Orleans.Persist.AppendResult")]
internal readonly record struct AppendResultSurrogate(
    [property: Id(0)] int Incarnation,
    [property: Id(1)] long FirstVersion,
    [property: Id(2)] long LastVersion,
    [property: Id(3)] long LastPosition,
    [property: Id(4)] DateTimeOffset Recorded,
    [property: Id(5)] bool Duplicate);
