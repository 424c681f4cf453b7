using Orleans.Persist.AzureStorage.Blobs;
using Orleans.Persist.AzureStorage.Rows;
using Orleans.Persist.AzureStorage.Tables;

namespace Orleans.Persist.AzureStorage.Sweeping;

/// <summary>Removes the blobs of commits and snapshots that no row names: what a crash between blob and row has left, or between row and removal.</summary>
internal sealed class OrphanBlobs(TableClient table, BlobClient blobs)
{
    /// <summary>Removes those that are older than <paramref name="grace"/>: a younger one's row may be on its way.</summary>
    /// <returns>How many.</returns>
    public async Task<long> RemoveAsync(TimeSpan grace, CancellationToken cancellationToken) =>
        await RemoveAsync(StreamKey.AllCommitBlobs, grace, CommitsAsync, cancellationToken).ConfigureAwait(false)
        + await RemoveAsync(StreamKey.AllSnapshotBlobs, grace, SnapshotsAsync, cancellationToken).ConfigureAwait(false);

    private async Task<long> RemoveAsync(string prefix, TimeSpan grace, Func<string, CancellationToken, Task<HashSet<string>>> named, CancellationToken cancellationToken)
    {
        var (removed, partition, found) = (0L, "", new List<string>());
        await foreach (var blob in blobs.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
        {
            // The blobs of one partition are listed one after another.
            if (DateTimeOffset.UtcNow - blob.LastModified < grace || StreamKey.PartitionOfBlob(blob.Name) is not { } of)
                continue;
            if (of != partition)
            {
                removed += await RemoveAsync(partition, found, named, cancellationToken).ConfigureAwait(false);
                (partition, found) = (of, []);
            }

            found.Add(blob.Name);
        }

        return removed + await RemoveAsync(partition, found, named, cancellationToken).ConfigureAwait(false);
    }

    private async Task<long> RemoveAsync(string partition, List<string> found, Func<string, CancellationToken, Task<HashSet<string>>> named, CancellationToken cancellationToken)
    {
        if (found.Count == 0)
            return 0;
        var kept = await named(partition, cancellationToken).ConfigureAwait(false);
        var removed = 0L;
        foreach (var orphan in found.Where(blob => !kept.Contains(blob)))
        {
            await blobs.DeleteAsync(orphan, cancellationToken).ConfigureAwait(false);
            removed++;
        }

        return removed;
    }

    private async Task<HashSet<string>> CommitsAsync(string partition, CancellationToken cancellationToken)
    {
        var query = new TableQuery(partition) { From = StreamKey.Commit(0, 0), Before = StreamKey.Head, Select = "RowKey,Blob" };
        var named = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var row in table.QueryAllAsync<CommitRow>(query, cancellationToken).ConfigureAwait(false))
        {
            if (row.Blob is not null)
                named.Add(row.Blob);
        }

        return named;
    }

    private async Task<HashSet<string>> SnapshotsAsync(string partition, CancellationToken cancellationToken)
    {
        var found = await table.GetAsync<SnapshotsRow>(partition, StreamKey.Snapshots, cancellationToken).ConfigureAwait(false);
        return found is var (row, _) ? row.Kept.Select(kept => StreamKey.SnapshotBlob(partition, kept.Blob)).ToHashSet(StringComparer.Ordinal) : [];
    }
}
