namespace Orleans.Persist.AzureStorage.Rows;

/// <summary>A run of a stream's commits that were indexed together.</summary>
/// <param name="Incarnation">The stream's incarnation.</param>
/// <param name="First">The first version.</param>
/// <param name="Last">The last version.</param>
/// <param name="Commits">How many commits there are.</param>
/// <param name="Bytes">What they take together.</param>
internal readonly record struct IndexBlock(int Incarnation, long First, long Last, int Commits, long Bytes);
