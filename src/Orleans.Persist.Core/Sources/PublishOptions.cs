using Orleans.Persist.Journal;

namespace Orleans.Persist.Sources;

/// <summary>What a publisher expects, and how its retries are recognized.</summary>
public sealed record PublishOptions
{
    /// <summary>The version that the source itself must have; any by default.</summary>
    public ExpectedVersion Expected { get; init; } = ExpectedVersion.Any;

    /// <summary>What is expected of aggregates: the version of the newest event about each that the publisher has seen (0: none). Empty by default. Else nothing is published, and <see cref="SubjectConflictException"/> says why.</summary>
    public IReadOnlyCollection<SubjectVersion> ExpectedSubjects { get; init; } = [];

    /// <summary>The publisher's own number for this batch.</summary>
    public ProducerSequence? Producer { get; init; }
}
