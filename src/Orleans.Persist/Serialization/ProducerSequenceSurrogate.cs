namespace Orleans.Persist.Serialization;

/// <summary>A producer's number.</summary>
[GenerateSerializer, Immutable, Alias("Orleans.Persist.ProducerSequence")]
internal readonly record struct ProducerSequenceSurrogate(
    [property: Id(0)] string Producer,
    [property: Id(1)] long Sequence);
