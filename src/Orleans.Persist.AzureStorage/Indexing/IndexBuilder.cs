using Orleans.Persist.AzureStorage.Rows;
using Orleans.Persist.AzureStorage.Tables;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.AzureStorage.Indexing;

/// <summary>Puts commits together to a block of the index.</summary>
/// <param name="key">The stream.</param>
/// <param name="incarnation">Its incarnation.</param>
/// <param name="first">The version the block begins with.</param>
internal sealed class IndexBuilder(StreamKey key, int incarnation, long first)
{
    // An entry takes 4 bytes, a count of 1 and a version of mostly 1 to 3: some 700 KiB in 64 rows, far below what a row and a transaction take.
    private const int MaxEntries = 90_000;
    private readonly ulong _seed = AttributeKey.Seed(key.Hash, incarnation);
    private readonly Dictionary<ulong, List<long>> _keys = [];
    private readonly List<long> _any = [];
    private readonly List<ulong> _collected = [];
    private int _entries;

    public IndexBlock Block { get; private set; } = new(incarnation, first, first - 1, 0, 0);

    /// <summary>Adds the next commit, unless the block has no room for it. An empty one has.</summary>
    public bool TryAdd(CommitRow row, RecordedEvent[] events)
    {
        _collected.Clear();
        foreach (var @event in events)
            AttributeKey.Collect(_seed, @event.Body.Span, _collected);
        var keys = _collected.Distinct().ToList();
        if (Block.Commits > 0 && _entries + keys.Count > MaxEntries)
            return false;
        if (keys.Count > MaxEntries)
            _any.Add(row.LastVersion);
        else
            Add(keys, row.LastVersion);
        Block = Block with { Last = row.LastVersion, Commits = Block.Commits + 1, Bytes = Block.Bytes + row.Length };
        return true;
    }

    /// <summary>Writes the block's rows.</summary>
    public void WriteTo(TableBatch batch)
    {
        var buckets = _keys.ToLookup(entry => IndexFrame.BucketOf(entry.Key), entry => (entry.Key, entry.Value));
        for (var bucket = 0; bucket < IndexFrame.Buckets; bucket++)
        {
            batch.Upsert(new IndexRow
            {
                PartitionKey = key.Partition,
                RowKey = StreamKey.Index(incarnation, bucket, Block.Last),
                Frame = IndexFrame.Encode(key, Block, bucket, [.. buckets[bucket]], _any),
            });
        }
    }

    private void Add(List<ulong> keys, long commit)
    {
        foreach (var hash in keys)
        {
            if (!_keys.TryGetValue(hash, out var commits))
                _keys[hash] = commits = new List<long>(1);
            commits.Add(commit);
        }

        _entries += keys.Count;
    }
}
