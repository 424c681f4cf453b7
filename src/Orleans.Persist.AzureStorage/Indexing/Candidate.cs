namespace Orleans.Persist.AzureStorage.Indexing;

/// <summary>A commit to look at, and what its neighbours are like.</summary>
/// <param name="Last">Its last version.</param>
/// <param name="VersionsPerCommit">How many versions a commit has on the average.</param>
/// <param name="BytesPerCommit">How many bytes.</param>
internal readonly record struct Candidate(long Last, double VersionsPerCommit, double BytesPerCommit);
