using System.Runtime.CompilerServices;
using Orleans.Persist.AzureStorage.Rows;
using Orleans.Persist.AzureStorage.Tables;
using Orleans.Persist.Journal;

namespace Orleans.Persist.AzureStorage.Streams;

/// <summary>Reads from old to new: a page of commits a request, and the head with the last one, or by itself where there are several.</summary>
internal sealed class ForwardRead(StreamKey key, ReadRequest request, int likelyIncarnation, TableClient table, StreamStore store, StreamScan scan)
    : StreamRead(key, request, store, scan)
{
    private bool _started;

    public override async IAsyncEnumerable<CommitSlice> CommitsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Incarnation = Request.Incarnation > 0 ? Request.Incarnation : likelyIncarnation;
        (Low, High) = (Math.Max(1, Request.From ?? 1), Request.To ?? long.MaxValue);
        for (var query = Query(); query is not null;)
        {
            var page = await table.QueryAsync<StreamRow>(query, cancellationToken).ConfigureAwait(false);
            var asked = Incarnation;
            if (!_started)
                await StartAsync(page, query, cancellationToken).ConfigureAwait(false);
            if (Low > High)
                yield break;
            if (asked != Incarnation)
            {
                query = Query();
                continue;
            }

            var missed = false;
            foreach (var row in page.Rows)
            {
                if (row.IsHead || row.ToCommit() is not { } commit || commit.Incarnation != Incarnation || commit.LastVersion < Low)
                    continue;
                var events = commit.FirstVersion <= Low ? await Scan.OpenAsync(Key, commit, cancellationToken).ConfigureAwait(false) : null;
                missed = events is null;
                if (events is null)
                {
                    await MissedAsync(Low, commit.FirstVersion, commit.FirstVersion <= Low ? commit : null, cancellationToken).ConfigureAwait(false);
                    break;
                }

                yield return new CommitSlice(events, Low, High);
                Low = commit.LastVersion + 1;
                if (Low > High)
                    yield break;
            }

            var next = page.Next ?? (page.Rows.Count >= query.Top ? query with { After = page.Rows[^1].RowKey } : null);
            if (!missed && next is null)
                await MissedAsync(Low, long.MaxValue, null, cancellationToken).ConfigureAwait(false);
            query = missed || next is null ? Query() : next;
            if (Low > High)
                yield break;
        }
    }

    private async Task StartAsync(TablePage<StreamRow> page, TableQuery query, CancellationToken cancellationToken)
    {
        _started = true;
        var head = Known ?? (page.Rows is [.., { IsHead: true, Head: { } last }] ? last : null);
        if (head is null && (page.Next is not null || page.Rows.Count >= query.Top))
            head = await GetHeadAsync(cancellationToken).ConfigureAwait(false); // before the first event is given: what comes later is not of this read
        else if (head is null && page.Rows.Count > 0)
            throw new JournalDamagedException("there are events and no head", $"{table.Address}, partition '{Key.Partition}'", Key.Name, Low);
        var from = Low;
        StartAt(head);
        Low = Math.Max(Low, from);
    }

    private TableQuery Query()
    {
        var wanted = Request.Filter is null ? Math.Min(Request.Limit, High - Low + 1) : High - Low + 1;
        return new TableQuery(Key.Partition)
        {
            From = StreamKey.Commit(Incarnation, Low),
            To = StreamKey.Head,
            Top = wanted < TableLimits.PageRows && wanted >= 0 ? (int)wanted + 1 : TableLimits.PageRows,
        };
    }
}
