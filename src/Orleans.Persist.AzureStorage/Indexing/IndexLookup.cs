using Orleans.Persist.AzureStorage.Rows;
using Orleans.Persist.AzureStorage.Tables;

namespace Orleans.Persist.AzureStorage.Indexing;

/// <summary>Looks up in a stream's index which commits may have events that meet conditions.</summary>
internal sealed class IndexLookup
{
    // A condition with more keys asks more buckets than it is worth, if there is another one.
    private const int ManyKeys = 16;
    private readonly StreamKey _key;
    private readonly int _incarnation;
    private readonly TableClient _table;
    private readonly ulong[][] _conditions;
    private readonly int[] _buckets;

    /// <param name="key">The stream.</param>
    /// <param name="incarnation">Its incarnation.</param>
    /// <param name="conditions">For each condition the keys of which an event must have one; at least one condition.</param>
    /// <param name="table">The table.</param>
    public IndexLookup(StreamKey key, int incarnation, IReadOnlyList<ulong[]> conditions, TableClient table)
    {
        (_key, _incarnation, _table) = (key, incarnation, table);
        var fewest = conditions.MinBy(keys => keys.Length)!;
        _conditions = [.. conditions.Where(keys => keys == fewest || keys.Length <= ManyKeys)];
        _buckets = [.. _conditions.SelectMany(keys => keys).Select(IndexFrame.BucketOf).Distinct().Order()];
    }

    /// <summary>The last version of the block that has a version.</summary>
    public async Task<long> EndOfBlockAsync(long version, CancellationToken cancellationToken)
    {
        var query = new TableQuery(_key.Partition)
        {
            From = StreamKey.Index(_incarnation, _buckets[0], version),
            Before = StreamKey.Index(_incarnation, _buckets[0] + 1, 0),
            Top = 1,
            Select = "RowKey",
        };
        var page = await _table.QueryAsync<IndexRow>(query, cancellationToken).ConfigureAwait(false);
        return page.Rows is [var row, ..] && StreamKey.ParseIndex(row.RowKey) is { } last ? last : version;
    }

    /// <summary>Looks up the blocks that end within a range of versions: a request for each bucket, side by side.</summary>
    /// <param name="low">The lowest version.</param>
    /// <param name="high">The highest version.</param>
    /// <param name="most">The most blocks wanted; null for all.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    /// <returns>The whole range in order, or as much of its beginning as <paramref name="most"/> allows. The first block may begin before it.</returns>
    public async Task<List<IndexedBlock>> FindAsync(long low, long high, int? most, CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(_buckets.Select(bucket => RowsAsync(bucket, low, high, most, cancellationToken))).ConfigureAwait(false);
        var end = found.Min(f => f.End);
        var frames = found.Select(f => f.Frames.ToDictionary(frame => frame.Last)).ToArray();
        var (blocks, next) = (new List<IndexedBlock>(), low);
        foreach (var frame in found[0].Frames.OrderBy(frame => frame.Last).TakeWhile(frame => frame.Last <= end))
        {
            if (frame.Last < next || frame.First > frame.Last || Candidates(frames, frame) is not { } candidates)
                continue;
            if (frame.First > next)
                blocks.Add(Unknown(next, frame.First - 1));
            blocks.Add(new IndexedBlock(frame.First, frame.Last, frame.Commits, frame.Bytes, candidates));
            next = frame.Last + 1;
        }

        if (next <= end)
            blocks.Add(Unknown(next, end));
        return blocks;
    }

    private static IndexedBlock Unknown(long first, long last) => new(first, last, 0, 0, null);

    private async Task<(List<IndexFrame> Frames, long End)> RowsAsync(int bucket, long low, long high, int? most, CancellationToken cancellationToken)
    {
        var query = new TableQuery(_key.Partition)
        {
            From = StreamKey.Index(_incarnation, bucket, low),
            To = StreamKey.Index(_incarnation, bucket, high),
            Top = most ?? TableLimits.PageRows,
        };
        if (most is null)
        {
            var all = await _table.QueryAllAsync<IndexRow>(query, cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false);
            return (Open(bucket, all), high);
        }

        var page = await _table.QueryAsync<IndexRow>(query, cancellationToken).ConfigureAwait(false);
        var more = page.Next is not null || page.Rows.Count >= most;
        return (Open(bucket, page.Rows), more && page.Rows is [.., var last] ? StreamKey.ParseIndex(last.RowKey) ?? high : high);
    }

    private List<IndexFrame> Open(int bucket, List<IndexRow> rows) =>
        [.. rows.Select(row => IndexFrame.TryOpen(_key, _incarnation, bucket, row)).OfType<IndexFrame>()];

    /// <summary>The commits of a block that meet every condition, or null where a bucket's part of it is not there or cannot be read.</summary>
    private long[]? Candidates(Dictionary<long, IndexFrame>[] frames, IndexFrame block)
    {
        List<long>? commits = null;
        foreach (var keys in _conditions)
        {
            var any = new List<long>();
            foreach (var bucket in keys.Select(IndexFrame.BucketOf).Distinct())
            {
                if (!frames[Array.IndexOf(_buckets, bucket)].TryGetValue(block.Last, out var frame) || frame.First != block.First)
                    return null;
                try
                {
                    frame.Find(keys, any);
                }
                catch (FormatException)
                {
                    return null;
                }
            }

            any = [.. any.Distinct().Order()];
            commits = commits is null ? any : Intersect(commits, any);
        }

        return [.. commits!];
    }

    private static List<long> Intersect(List<long> one, List<long> other)
    {
        var both = new HashSet<long>(other);
        return one.FindAll(both.Contains);
    }
}
