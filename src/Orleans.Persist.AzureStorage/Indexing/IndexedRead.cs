using System.Runtime.CompilerServices;
using Orleans.Persist.AzureStorage.Rows;
using Orleans.Persist.AzureStorage.Streams;
using Orleans.Persist.AzureStorage.Tables;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.AzureStorage.Indexing;

/// <summary>Reads what a filter wants: as far as the index reaches only the commits that it names, and whole what it does not know of.</summary>
internal sealed class IndexedRead(StreamKey key, ReadRequest request, StreamIndexer indexer, TableClient table, StreamStore store, StreamScan scan)
    : StreamRead(key, request, store, scan)
{
    // So many blocks are looked up at first, and four times as many with each further request: a read with a limit may need no more.
    private const int FirstBlocks = 64;
    private const int WantedBlocks = 500;
    private const int DefaultBlockCommits = 1000;
    private readonly StreamStore _store = store;
    private HeadRow? _head;
    private long _notIndexed;

    /// <summary>Whether a filter has a condition that the index knows of.</summary>
    public static bool Helps(EventFilter? filter) =>
        filter is not null && (filter.Types ?? filter.Subjects ?? filter.SubjectPrefixes ?? filter.Tags ?? filter.Ids) is not null;

    public override async IAsyncEnumerable<CommitSlice> CommitsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var indexed = await StartAsync(cancellationToken).ConfigureAwait(false);
        var conditions = AttributeKey.Conditions(Key.Hash, Incarnation, Request.Filter!);
        if (Low > High || conditions.Any(keys => keys.Length == 0))
            yield break;
        var (low, high) = (Low, High);
        var covered = Math.Min(indexed, high);
        if (conditions.Count == 0 || covered - low < BlockCommits)
            covered = low - 1; // reading it is a request or two
        if (Request.Backward)
        {
            await foreach (var slice in RestAsync(covered + 1, high, cancellationToken).ConfigureAwait(false))
                yield return slice;
        }

        if (covered >= low)
        {
            var lookup = new IndexLookup(Key, Incarnation, conditions, table);
            var end = covered < indexed ? await lookup.EndOfBlockAsync(covered, cancellationToken).ConfigureAwait(false) : covered;
            var windows = Request.Backward ? BackwardAsync(lookup, low, end, cancellationToken) : ForwardAsync(lookup, low, end, cancellationToken);
            await foreach (var blocks in windows.ConfigureAwait(false))
            {
                await foreach (var slice in BlocksAsync(blocks, low, covered, cancellationToken).ConfigureAwait(false))
                    yield return slice;
            }
        }

        if (!Request.Backward)
        {
            await foreach (var slice in RestAsync(covered + 1, high, cancellationToken).ConfigureAwait(false))
                yield return slice;
        }
    }

    private int BlockCommits => indexer.BlockCommits > 0 ? indexer.BlockCommits : DefaultBlockCommits;

    /// <summary>Reads the head, and how far the index reaches, in one request.</summary>
    private async Task<long> StartAsync(CancellationToken cancellationToken)
    {
        var page = await table.QueryAsync<StreamRow>(new TableQuery(Key.Partition) { From = StreamKey.Head, To = StreamKey.Indexed }, cancellationToken).ConfigureAwait(false);
        _head = page.Rows.Find(row => row.IsHead)?.Head;
        StartAt(_head);
        return page.Rows.Find(row => row.RowKey is StreamKey.Indexed)?.Head is { } indexed && indexed.Incarnation == Incarnation ? indexed.Version : 0;
    }

    private static async IAsyncEnumerable<List<IndexedBlock>> ForwardAsync(
        IndexLookup lookup, long low, long end, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var most = FirstBlocks; low <= end; most = Math.Min(TableLimits.PageRows, most * 4))
        {
            var blocks = await lookup.FindAsync(low, end, most, cancellationToken).ConfigureAwait(false);
            yield return blocks;
            low = blocks[^1].Last + 1;
        }
    }

    private async IAsyncEnumerable<List<IndexedBlock>> BackwardAsync(
        IndexLookup lookup, long low, long end, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var span = (long)FirstBlocks * BlockCommits;
        while (end >= low)
        {
            var from = Math.Max(low, end - span + 1);
            var blocks = await lookup.FindAsync(from, end, null, cancellationToken).ConfigureAwait(false);
            end = Math.Min(from, blocks[0].First) - 1;
            span = blocks.Count < WantedBlocks ? Math.Min(span * 4, long.MaxValue / 8) : span;
            blocks.Reverse();
            yield return blocks;
        }
    }

    private async IAsyncEnumerable<CommitSlice> BlocksAsync(List<IndexedBlock> blocks, long low, long high, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var candidates = new List<Candidate>();
        foreach (var block in blocks)
        {
            if (block.Candidates is not null)
            {
                AddCandidates(block, low, high, candidates);
                continue;
            }

            await foreach (var slice in CandidatesAsync(candidates, low, high, cancellationToken).ConfigureAwait(false))
                yield return slice;
            candidates.Clear();
            await foreach (var slice in RestAsync(Math.Max(low, block.First), Math.Min(high, block.Last), cancellationToken).ConfigureAwait(false))
                yield return slice;
        }

        await foreach (var slice in CandidatesAsync(candidates, low, high, cancellationToken).ConfigureAwait(false))
            yield return slice;
    }

    private void AddCandidates(IndexedBlock block, long low, long high, List<Candidate> candidates)
    {
        var at = candidates.Count;
        foreach (var last in block.Candidates!)
        {
            if (last >= low)
                candidates.Add(new Candidate(last, (double)(block.Last - block.First + 1) / block.Commits, (double)block.Bytes / block.Commits));
            if (last >= high)
                break;
        }

        if (Request.Backward)
            candidates.Reverse(at, candidates.Count - at);
    }

    private async IAsyncEnumerable<CommitSlice> CandidatesAsync(List<Candidate> candidates, long low, long high, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var fetch = new CommitFetch(Key, Incarnation, table, Scan);
        await foreach (var (last, found, content) in fetch.FetchAsync(CommitGroup.Divide(candidates, Request.Limit), Request.Limit, cancellationToken).ConfigureAwait(false))
        {
            var (row, events) = (found, content);
            while (events is null && last >= Low)
            {
                await MissedAsync(last, last + 1, row, cancellationToken).ConfigureAwait(false);
                if (last >= Low)
                    (row, events) = await fetch.GetAsync(last, cancellationToken).ConfigureAwait(false);
            }

            if (events is not null)
                yield return new CommitSlice(events, Math.Max(low, Low), high);
        }
    }

    /// <summary>What the index knows nothing of, read whole. Where that has become much, it is indexed for the reads to come.</summary>
    private async IAsyncEnumerable<CommitSlice> RestAsync(long low, long high, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (low > high)
            yield break;
        var part = Request with { From = Request.Backward ? high : low, To = Request.Backward ? low : high, Incarnation = Incarnation };
        StreamRead read = Request.Backward ? new BackwardRead(Key, part, table, _store, Scan) { Known = _head } : new ForwardRead(Key, part, Incarnation, table, _store, Scan) { Known = _head };
        await foreach (var slice in read.CommitsAsync(cancellationToken).ConfigureAwait(false))
        {
            if (++_notIndexed == 2L * BlockCommits)
                indexer.Schedule(Key);
            yield return slice;
        }
    }
}
