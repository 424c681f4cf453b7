using System.Runtime.CompilerServices;
using Orleans.Persist.AzureStorage.Rows;
using Orleans.Persist.AzureStorage.Streams;
using Orleans.Persist.AzureStorage.Tables;
using Orleans.Persist.Journal;

namespace Orleans.Persist.AzureStorage.Indexing;

/// <summary>Fetches single commits of a stream, some requests at a time.</summary>
internal sealed class CommitFetch(StreamKey key, int incarnation, TableClient table, StreamScan scan)
{
    private const int AtOnce = 8;
    private const double BytesAtOnce = 8 << 20;

    /// <summary>The commits of groups, in their order. Without a row where it is not there, without events where its blob is not.</summary>
    /// <param name="groups">The groups.</param>
    /// <param name="limit">How many commits are likely to be wanted; those beyond are fetched when they are asked for.</param>
    /// <param name="cancellationToken">Ends the requests.</param>
    public async IAsyncEnumerable<(long Last, CommitRow? Row, RecordedEvent[]? Events)> FetchAsync(
        IEnumerable<CommitGroup> groups, long limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ahead = new Queue<(CommitGroup Group, Task<Dictionary<long, (CommitRow Row, RecordedEvent[]? Events)>> Task)>();
        using var next = groups.GetEnumerator();
        var (more, given) = (next.MoveNext(), 0L);
        try
        {
            while (more || ahead.Count > 0)
            {
                while (more && (ahead.Count == 0 || (ahead.Count < Math.Min(AtOnce, limit - given) && ahead.Sum(a => a.Group.Bytes) + next.Current.Bytes <= BytesAtOnce)))
                {
                    ahead.Enqueue((next.Current, GetAsync(next.Current, stop.Token)));
                    more = next.MoveNext();
                }

                var (group, task) = ahead.Dequeue();
                var found = await task.ConfigureAwait(false);
                given += group.Wanted.Count;
                foreach (var last in group.Wanted)
                    yield return found.TryGetValue(last, out var commit) ? (last, commit.Row, commit.Events) : (last, null, null);
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(ahead.Select(a => (Task)a.Task)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>One commit.</summary>
    public async Task<(CommitRow? Row, RecordedEvent[]? Events)> GetAsync(long last, CancellationToken cancellationToken)
    {
        var found = await table.GetAsync<CommitRow>(key.Partition, StreamKey.Commit(incarnation, last), cancellationToken).ConfigureAwait(false);
        return found is var (row, _) ? (row, await scan.OpenAsync(key, row, cancellationToken).ConfigureAwait(false)) : (null, null);
    }

    private async Task<Dictionary<long, (CommitRow Row, RecordedEvent[]? Events)>> GetAsync(CommitGroup group, CancellationToken cancellationToken)
    {
        var found = new Dictionary<long, (CommitRow Row, RecordedEvent[]? Events)>(group.Wanted.Count);
        if (group.Wanted.Count == 1)
        {
            if (await GetAsync(group.Lowest, cancellationToken).ConfigureAwait(false) is ({ } row, var events))
                found[group.Lowest] = (row, events);
            return found;
        }

        var wanted = group.Wanted.ToHashSet();
        var query = new TableQuery(key.Partition) { From = StreamKey.Commit(incarnation, group.Lowest), To = StreamKey.Commit(incarnation, group.Highest) };
        await foreach (var row in table.QueryAllAsync<CommitRow>(query, cancellationToken).ConfigureAwait(false))
        {
            if (wanted.Contains(row.LastVersion))
                found[row.LastVersion] = (row, await scan.OpenAsync(key, row, cancellationToken).ConfigureAwait(false));
        }

        return found;
    }
}
