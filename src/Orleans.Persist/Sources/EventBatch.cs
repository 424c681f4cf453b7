using Orleans.Persist.Journal;

namespace Orleans.Persist.Sources;

/// <summary>Events to publish, all or none.</summary>
/// <param name="Events">The events in order; at least one. They must not be changed until the publisher has its answer.</param>
/// <param name="Producer">The producer's number, for idempotency without a window.</param>
[GenerateSerializer, Immutable, Alias("Orleans.Persist.EventBatch")]
public sealed record EventBatch([property: Id(0)] EventData[] Events, [property: Id(1)] ProducerSequence? Producer = null)
{
    /// <summary>The version that the source itself must have; any by default.</summary>
    [Id(2)]
    public ExpectedVersion Expected { get; init; } = ExpectedVersion.Any;

    /// <summary>What is expected of aggregates. Empty by default.</summary>
    [Id(3)]
    public SubjectVersion[] ExpectedSubjects { get; init; } = [];
}
