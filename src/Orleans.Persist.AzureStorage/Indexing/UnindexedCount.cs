using Orleans.Persist.AzureStorage.Rows;
using Orleans.Persist.AzureStorage.Streams;

namespace Orleans.Persist.AzureStorage.Indexing;

/// <summary>Counts what is appended to a stream, and has it indexed when there may be enough for a block.</summary>
internal sealed class UnindexedCount(StreamKey key, StreamIndexer indexer)
{
    // What other processes, and this one before, have appended is not known: a count that begins anywhere comes round often enough, whoever appends.
    private int _commits = indexer.BlockCommits > 0 ? Random.Shared.Next(indexer.BlockCommits) : 0;
    private long _bytes;

    /// <summary>Adds what was appended.</summary>
    public void Add(AppendPlan plan)
    {
        _commits += plan.Commits.Count;
        foreach (var (_, row, _) in plan.Commits)
            _bytes += row.Length;
        if (indexer.BlockCommits == 0 || (_commits < indexer.BlockCommits && _bytes < StreamIndexer.BlockBytes))
            return;
        _commits = 0;
        if (plan.Head.Version < indexer.BlockCommits && _bytes < StreamIndexer.BlockBytes)
            return; // it cannot have enough
        _bytes = 0;
        indexer.Schedule(key);
    }
}
