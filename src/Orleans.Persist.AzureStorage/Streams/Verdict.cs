namespace Orleans.Persist.AzureStorage.Streams;

/// <summary>What became of an append that was tried against what is known of its stream.</summary>
internal enum Verdict
{
    /// <summary>Its commit is part of the plan.</summary>
    Planned,

    /// <summary>It stores nothing; the answer is known.</summary>
    Answered,

    /// <summary>It has to wait for the plan to be carried out.</summary>
    Later,

    /// <summary>The identities of the stream's newest events have to be read first.</summary>
    NeedsIds,

    /// <summary>The producer's newest number has to be read first.</summary>
    NeedsProducer,

    /// <summary>The newest versions about the subjects it depends on have to be read first.</summary>
    NeedsSubjects,

    /// <summary>Events of equal identity have to be compared first.</summary>
    NeedsComparison,
}
