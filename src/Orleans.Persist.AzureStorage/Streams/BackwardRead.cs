using System.Runtime.CompilerServices;
using Orleans.Persist.AzureStorage.Rows;
using Orleans.Persist.AzureStorage.Tables;
using Orleans.Persist.Journal;

namespace Orleans.Persist.AzureStorage.Streams;

/// <summary>Reads from new to old. The service knows only the other order: so pieces of it are fetched and turned round, each a few times as large as the one before.</summary>
internal sealed class BackwardRead(StreamKey key, ReadRequest request, TableClient table, StreamStore store, StreamScan scan)
    : StreamRead(key, request, store, scan)
{
    private const int FirstPiece = 32;

    public override async IAsyncEnumerable<CommitSlice> CommitsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        StartAt(Known ?? await GetHeadAsync(cancellationToken).ConfigureAwait(false));
        long size = Request.Filter is null ? Math.Clamp(Request.Limit, 1, FirstPiece) : FirstPiece;
        while (Low <= High)
        {
            var from = Math.Max(Low, High - size + 1);
            var page = await table.QueryAsync<CommitRow>(Query(from), cancellationToken).ConfigureAwait(false);
            var rows = page.Rows;
            if (rows.Count > 0 && rows[^1].LastVersion < High && page.Next is not null && size > 1)
            {
                size = Math.Max(1, size / 4); // too many bytes for one answer
                continue;
            }

            var gap = FirstGap(rows, from);
            if (gap is { } missing)
            {
                await MissedAsync(missing.From, missing.Next, null, cancellationToken).ConfigureAwait(false);
                continue;
            }

            for (var i = rows.FindLastIndex(row => row.FirstVersion <= High); i >= 0; i--)
            {
                var events = await Scan.OpenAsync(Key, rows[i], cancellationToken).ConfigureAwait(false);
                if (events is null)
                {
                    await MissedAsync(rows[i].FirstVersion, 0, rows[i], cancellationToken).ConfigureAwait(false);
                    break;
                }

                yield return new CommitSlice(events, Low, High);
                High = rows[i].FirstVersion - 1;
            }

            size = Math.Min(TableLimits.PageRows, size * 4);
        }
    }

    private TableQuery Query(long from) => new(Key.Partition)
    {
        From = StreamKey.Commit(Incarnation, from),
        Before = StreamKey.Commit(Incarnation + 1, 0),
        Top = (int)(High - from + 1),
    };

    /// <summary>The first version up to the end that no row has, and the version at which the rows go on.</summary>
    private (long From, long Next)? FirstGap(List<CommitRow> rows, long from)
    {
        var next = from;
        foreach (var row in rows)
        {
            if (next > High)
                return null;
            if (row.FirstVersion > next)
                return (next, row.FirstVersion);
            next = row.LastVersion + 1;
        }

        return next > High ? null : (next, long.MaxValue);
    }
}
