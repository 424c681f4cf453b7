namespace Orleans.Persist.Serialization;

/// <summary>An event on its way from a journal.</summary>
[GenerateSerializer, Immutable, Alias("Orleans.Persist.RecordedEvent")]
internal readonly record struct RecordedEventSurrogate(
    [property: Id(0)] string Stream,
    [property: Id(1)] int Incarnation,
    [property: Id(2)] long Version,
    [property: Id(3)] long Position,
    [property: Id(4)] DateTime Recorded,
    [property: Id(5)] ReadOnlyMemory<byte> Body);
