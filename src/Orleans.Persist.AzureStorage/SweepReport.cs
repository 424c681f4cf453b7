namespace Orleans.Persist.AzureStorage;

/// <summary>What a sweep has given back.</summary>
/// <param name="Rows">How many rows were removed: commits and parts of the index that no stream has any more.</param>
/// <param name="Blobs">How many blobs were removed: large commits and snapshots that nothing names.</param>
public readonly record struct SweepReport(long Rows, long Blobs);
