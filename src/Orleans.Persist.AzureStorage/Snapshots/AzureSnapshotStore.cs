using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Orleans.Persist.AzureStorage.Blobs;
using Orleans.Persist.AzureStorage.Rows;
using Orleans.Persist.AzureStorage.Streams;
using Orleans.Persist.AzureStorage.Tables;
using Orleans.Persist.Journal;
using Orleans.Persist.Snapshots;

namespace Orleans.Persist.AzureStorage.Snapshots;

/// <summary>Snapshots as block blobs, and one row for each owner that says which ones it has. Any number of processes may save.</summary>
/// <remarks>A save is a blob and a replacement of the row under its ETag, and a removal where one more than wanted is kept; a read of the newest is the row and a blob.</remarks>
internal sealed class AzureSnapshotStore(TableClient table, BlobClient blobs, Catalogue catalogue, AzureStorageOptions options) : ISnapshotStore
{
    private const int OwnersHeld = 10_000;
    private const int MaxStateBytes = 512 << 20;

    // What the row was after this process' last save, so that the next one need not read it.
    private readonly ConcurrentDictionary<string, (SnapshotsRow Row, string Etag)> _known = new(StringComparer.Ordinal);
    private volatile bool _closed;

    /// <inheritdoc/>
    public int Keep { get; } = options.KeepSnapshots;

    /// <inheritdoc/>
    public async ValueTask<long> SaveAsync(string owner, Snapshot snapshot, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfClosed();
        var key = StreamKey.Of(owner, "snapshot's owner");
        if (snapshot.Data.Length > MaxStateBytes)
            throw new AppendTooLargeException(owner, "bytes", snapshot.Data.Length, MaxStateBytes);
        var known = _known.TryGetValue(owner, out var held) ? held : await LoadAsync(key, cancellationToken).ConfigureAwait(false);
        RefuseOutdated(owner, snapshot, known?.Row);
        var frame = SnapshotFrame.Encode(key, snapshot);
        var blob = Guid.NewGuid();
        await blobs.CreateAsync(BlobOf(key, blob), frame, cancellationToken).ConfigureAwait(false);
        for (var conflicts = 0; ; conflicts++)
        {
            var number = (known?.Row.Kept is { Length: > 0 } kept ? kept[^1].Number : 0) + 1;
            var row = NewRow(key, known?.Row, new KeptSnapshot(number, snapshot.Incarnation, snapshot.Version, frame.Length, blob));
            if (await StoreAsync(key, row, known?.Etag, cancellationToken).ConfigureAwait(false))
            {
                await RemoveAsync(key, (known?.Row.Kept ?? []).Except(row.Kept), cancellationToken).ConfigureAwait(false);
                return number;
            }

            await StreamStore.BackOffAsync(conflicts, cancellationToken).ConfigureAwait(false);
            known = await LoadAsync(key, cancellationToken).ConfigureAwait(false);
            try
            {
                RefuseOutdated(owner, snapshot, known?.Row);
            }
            catch (SnapshotOutdatedException)
            {
                await blobs.DeleteAsync(BlobOf(key, blob), cancellationToken).ConfigureAwait(false);
                throw;
            }
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<SnapshotRead> ReadAsync(string owner, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        var key = StreamKey.Of(owner, "snapshot's owner");
        var known = await LoadAsync(key, cancellationToken).ConfigureAwait(false);
        var below = long.MaxValue;
        while (known?.Row.Kept.LastOrDefault(kept => kept.Number < below) is { Number: > 0 } next)
        {
            var content = await blobs.GetAsync(BlobOf(key, next.Blob), next.Length, cancellationToken).ConfigureAwait(false);
            if (content is null)
            {
                // Later saves have had it removed, or it is lost.
                known = await LoadAsync(key, cancellationToken).ConfigureAwait(false);
                if (known?.Row.Kept.Contains(next) != true)
                {
                    // Without what is there now, an owner that has snapshots would seem to have none.
                    below = below is long.MaxValue ? below : next.Number;
                    continue;
                }
            }

            below = next.Number;
            yield return Read(key, next, content);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(string owner, CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        var key = StreamKey.Of(owner, "snapshot's owner");
        while (await LoadAsync(key, cancellationToken).ConfigureAwait(false) is { } known)
        {
            _known.TryRemove(owner, out _);
            if (!await table.DeleteAsync(key.Partition, StreamKey.Snapshots, known.Etag, cancellationToken).ConfigureAwait(false))
                continue;
            await RemoveAsync(key, known.Row.Kept, cancellationToken).ConfigureAwait(false);
            return;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListOwnersAsync(string prefix = "", [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        await foreach (var name in catalogue.ListOwnersAsync(prefix, cancellationToken).ConfigureAwait(false))
        {
            if (await LoadAsync(StreamKey.Of(name), cancellationToken).ConfigureAwait(false) is { Row.Kept.Length: > 0 })
                yield return name;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _closed = true;
        return default;
    }

    private static void RefuseOutdated(string owner, Snapshot snapshot, SnapshotsRow? row)
    {
        if (row?.Kept is [.., var newest] && (snapshot.Incarnation, snapshot.Version).CompareTo((newest.Incarnation, newest.Version)) < 0)
            throw new SnapshotOutdatedException(owner, snapshot.Incarnation, snapshot.Version, newest.Incarnation, newest.Version);
    }

    private SnapshotsRow NewRow(StreamKey key, SnapshotsRow? before, KeptSnapshot newest) => new()
    {
        PartitionKey = key.Partition,
        Name = key.Name,
        Kept = [.. (before?.Kept ?? []).TakeLast(Keep - 1), newest],
    };

    private async Task<bool> StoreAsync(StreamKey key, SnapshotsRow row, string? etag, CancellationToken cancellationToken)
    {
        if (etag is null)
        {
            await catalogue.AddOwnerAsync(key, cancellationToken).ConfigureAwait(false);
            return await table.InsertAsync(row, cancellationToken).ConfigureAwait(false) || await IsMineAsync(key, row, cancellationToken).ConfigureAwait(false);
        }

        var (replaced, retried) = await table.ReplaceAsync(row, etag, cancellationToken).ConfigureAwait(false);
        if (replaced is null)
        {
            _known.TryRemove(key.Name, out _);
            return retried && await IsMineAsync(key, row, cancellationToken).ConfigureAwait(false);
        }

        if (_known.Count >= OwnersHeld)
            _known.Clear();
        _known[key.Name] = (row, replaced);
        return true;
    }

    /// <summary>Whether a row that could not be written is there all the same: by a first try whose answer got lost.</summary>
    private async Task<bool> IsMineAsync(StreamKey key, SnapshotsRow row, CancellationToken cancellationToken) =>
        await LoadAsync(key, cancellationToken).ConfigureAwait(false) is { } now && now.Row.Kept.Contains(row.Kept[^1]);

    private async Task<(SnapshotsRow Row, string Etag)?> LoadAsync(StreamKey key, CancellationToken cancellationToken)
    {
        var found = await table.GetAsync<SnapshotsRow>(key.Partition, StreamKey.Snapshots, cancellationToken).ConfigureAwait(false);
        return found is { } row && row.Row.Name != key.Name
            ? throw new JournalDamagedException($"the list of snapshots is that of '{row.Row.Name}'", $"{table.Address}, partition '{key.Partition}', row '{StreamKey.Snapshots}'", key.Name)
            : found;
    }

    private SnapshotRead Read(StreamKey key, KeptSnapshot kept, ReadOnlyMemory<byte>? content)
    {
        try
        {
            return new SnapshotRead(kept.Number, SnapshotFrame.Decode(key, kept, content ?? throw new FormatException("the blob is gone")), null);
        }
        catch (Exception e) when (e is FormatException or ArgumentOutOfRangeException)
        {
            return new SnapshotRead(kept.Number, null, new JournalDamagedException(e.Message, $"{blobs.Address}/{BlobOf(key, kept.Blob)}", key.Name, kept.Version, e));
        }
    }

    /// <summary>Removes blobs that no row names any more; the sweep finds what this misses.</summary>
    private async Task RemoveAsync(StreamKey key, IEnumerable<KeptSnapshot> old, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var kept in old)
                await blobs.DeleteAsync(BlobOf(key, kept.Blob), cancellationToken).ConfigureAwait(false);
        }
        catch (JournalUnavailableException e)
        {
            options.OnBackgroundError?.Invoke(e);
        }
    }

    private void ThrowIfClosed()
    {
        if (_closed)
            throw new JournalUnavailableException($"The snapshots in {blobs.Address} are closed.");
    }

    private static string BlobOf(StreamKey key, Guid blob) => StreamKey.SnapshotBlob(key.Partition, blob);
}
