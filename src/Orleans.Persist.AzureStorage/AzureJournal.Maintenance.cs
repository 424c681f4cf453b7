using Orleans.Persist.AzureStorage.Rows;
using Orleans.Persist.AzureStorage.Streams;
using Orleans.Persist.Journal;

namespace Orleans.Persist.AzureStorage;

/// <content>Truncating, deleting and giving their space back.</content>
public sealed partial class AzureJournal
{
    /// <inheritdoc/>
    public async ValueTask TruncateAsync(string stream, long beforeVersion, int incarnation, CancellationToken cancellationToken = default)
    {
        var key = StreamKey.Of(stream);
        await ChangeAsync(key, head =>
        {
            StreamIncarnationException.ThrowIfNot(incarnation, head.ToHead());
            if (beforeVersion > head.Version + 1)
                throw new ArgumentOutOfRangeException(nameof(beforeVersion), beforeVersion, $"Stream '{stream}' ends at version {head.Version}.");
            if (beforeVersion <= head.FirstVersion)
                return false;
            head.FirstVersion = beforeVersion;
            return true;
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<StreamHead> DeleteAsync(string stream, ExpectedVersion expected, CancellationToken cancellationToken = default)
    {
        var key = StreamKey.Of(stream);
        var head = await ChangeAsync(key, head =>
        {
            if (!expected.IsMetBy(head.Version, head.Incarnation))
                throw new VersionConflictException(stream, expected, head.ToHead());
            if (head.Version == 0)
                return false;
            (head.Incarnation, head.Version, head.FirstVersion) = (head.Incarnation + 1, 0, 1);
            return true;
        }, cancellationToken).ConfigureAwait(false);
        return head.ToHead();
    }

    /// <summary>Gives back what truncations, deletions, appends and saves that failed half-way have left, of all streams and snapshots of the table.</summary>
    /// <param name="grace">How old a blob that no row names must be: longer than any append takes. One hour by default.</param>
    /// <param name="cancellationToken">Ends the sweep; what it has done stays done.</param>
    /// <returns>What was removed.</returns>
    /// <remarks>
    /// Truncation and deletion clear up behind themselves; this is for what a crash has interrupted. Safe beside writers and readers of any process.
    /// It runs by itself, see <see cref="AzureStorageOptions.SweepEvery"/>.
    /// </remarks>
    public async Task<SweepReport> SweepAsync(TimeSpan? grace = null, CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        var rows = 0L;
        await foreach (var name in _catalogue.ListStreamsAsync("", cancellationToken).ConfigureAwait(false))
        {
            var key = StreamKey.Of(name);
            if (await _store.GetHeadAsync(key, cancellationToken).ConfigureAwait(false) is { } head)
                rows += await _cleaner.RemoveOldAsync(key, head, cancellationToken).ConfigureAwait(false);
        }

        return new SweepReport(rows, await _orphans.RemoveAsync(grace ?? TimeSpan.FromHours(1), cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Replaces the head under its ETag, and has removed in the background what it no longer covers.</summary>
    private async Task<HeadRow> ChangeAsync(StreamKey key, Func<HeadRow, bool> change, CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        var lane = _lanes.Enter(key);
        try
        {
            return await lane.ChangeAsync(state => ChangeOnceAsync(key, state, change, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lane.Leave();
        }
    }

    private async Task<(bool Done, HeadRow Head)> ChangeOnceAsync(StreamKey key, StreamState state, Func<HeadRow, bool> change, CancellationToken cancellationToken)
    {
        var head = state.Head.Copy();
        if (!change(head))
            return (true, head);
        head.Recorded = Math.Max(head.Recorded, _time.GetUtcNow().UtcTicks);
        var (etag, retried) = await _table.ReplaceAsync(head, state.Etag!, cancellationToken).ConfigureAwait(false);
        if (etag is null && !(retried && await _store.GetHeadAsync(key, cancellationToken).ConfigureAwait(false) is { } now && now.IsSameAs(head)))
            return (false, head);
        state.Become(head, etag);
        Changed(head);
        _cleaner.Schedule(key, head);
        return (true, head);
    }
}
