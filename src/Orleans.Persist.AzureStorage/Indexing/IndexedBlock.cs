namespace Orleans.Persist.AzureStorage.Indexing;

/// <summary>What the index says of a run of versions: which commits may have wanted events, or, where it knows nothing of them, that all may.</summary>
/// <param name="First">The first version.</param>
/// <param name="Last">The last version.</param>
/// <param name="Commits">How many commits there are.</param>
/// <param name="Bytes">What they take together.</param>
/// <param name="Candidates">The last versions of the commits to look at, in order; null for all.</param>
internal readonly record struct IndexedBlock(long First, long Last, int Commits, long Bytes, long[]? Candidates);
