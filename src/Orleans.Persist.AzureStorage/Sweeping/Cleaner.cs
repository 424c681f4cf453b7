using Orleans.Persist.AzureStorage.Blobs;
using Orleans.Persist.AzureStorage.Rows;
using Orleans.Persist.AzureStorage.Streams;
using Orleans.Persist.AzureStorage.Tables;

namespace Orleans.Persist.AzureStorage.Sweeping;

/// <summary>Removes the rows and blobs that no head covers any more.</summary>
internal sealed class Cleaner(TableClient table, BlobClient blobs, AzureStorageOptions options, CancellationToken closing)
{
    private readonly BackgroundWork _background = new(options.OnBackgroundError, closing);

    /// <summary>Removes in the background what a head no longer covers. A later head of a stream takes the place of one that still waits; what is not done at the end the sweep does.</summary>
    public void Schedule(StreamKey key, HeadRow head) => _background.Schedule(key.Name, token => RemoveOldAsync(key, head, token));

    public Task WhenIdleAsync(TimeSpan timeout) => _background.WhenIdleAsync(timeout);

    /// <summary>Removes the commits below the head's first version and what is indexed of them alone, and everything of incarnations before the head's.</summary>
    /// <returns>How many rows were removed.</returns>
    public async Task<long> RemoveOldAsync(StreamKey key, HeadRow head, CancellationToken cancellationToken)
    {
        var old = new TableQuery(key.Partition) { From = StreamKey.Commit(0, 0), Before = StreamKey.Commit(head.Incarnation, head.FirstVersion), Select = "RowKey,Blob" };
        var removed = await RemoveAsync(key, old, cancellationToken).ConfigureAwait(false);
        if (head.Incarnation > 1)
        {
            var producers = new TableQuery(key.Partition) { From = StreamKey.ProducerPrefix(0), Before = StreamKey.ProducerPrefix(head.Incarnation), Select = "RowKey" };
            removed += await RemoveAsync(key, producers, cancellationToken).ConfigureAwait(false);
            var index = new TableQuery(key.Partition) { From = StreamKey.IndexPrefix(0), Before = StreamKey.IndexPrefix(head.Incarnation), Select = "RowKey" };
            removed += await RemoveAsync(key, index, cancellationToken).ConfigureAwait(false);
        }

        return head.FirstVersion > 1 ? removed + await RemoveBlocksAsync(key, head, cancellationToken).ConfigureAwait(false) : removed;
    }

    /// <summary>Removes the blocks of the index that end below the head's first version.</summary>
    private async Task<long> RemoveBlocksAsync(StreamKey key, HeadRow head, CancellationToken cancellationToken)
    {
        var removed = 0L;
        var query = new TableQuery(key.Partition)
        {
            From = StreamKey.Index(head.Incarnation, 0, 0),
            Before = StreamKey.Index(head.Incarnation, 0, head.FirstVersion),
            Select = "RowKey",
        };
        var blocks = await table.QueryAllAsync<IndexRow>(query, cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false);
        foreach (var last in blocks.Select(block => StreamKey.ParseIndex(block.RowKey)).OfType<long>())
        {
            // The row that the block is found by goes last.
            var rows = Enumerable.Range(0, IndexFrame.Buckets).Reverse().Select(bucket => new CommitRow { RowKey = StreamKey.Index(head.Incarnation, bucket, last) });
            removed += await RemoveAsync(key, [.. rows], cancellationToken).ConfigureAwait(false);
        }

        return removed;
    }

    private async Task<long> RemoveAsync(StreamKey key, TableQuery query, CancellationToken cancellationToken)
    {
        var removed = 0L;
        var rows = new List<CommitRow>();
        await foreach (var row in table.QueryAllAsync<CommitRow>(query, cancellationToken).ConfigureAwait(false))
        {
            rows.Add(row);
            if (rows.Count < TableLimits.Operations)
                continue;
            removed += await RemoveAsync(key, rows, cancellationToken).ConfigureAwait(false);
            rows.Clear();
        }

        return removed + await RemoveAsync(key, rows, cancellationToken).ConfigureAwait(false);
    }

    private async Task<int> RemoveAsync(StreamKey key, List<CommitRow> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
            return 0;
        using (var batch = table.NewBatch())
        {
            foreach (var row in rows)
                batch.Delete(key.Partition, row.RowKey);
            var (outcome, retried) = await table.SubmitAsync(batch, cancellationToken).ConfigureAwait(false);
            if (!outcome.Happened && !retried && rows.Count > 1)
            {
                // Another process clears up too: row by row, whatever it has left.
                foreach (var row in rows)
                    await table.DeleteAsync(key.Partition, row.RowKey, "*", cancellationToken).ConfigureAwait(false);
            }
        }

        foreach (var row in rows.Where(row => row.Blob is not null))
            await blobs.DeleteAsync(row.Blob!, cancellationToken).ConfigureAwait(false);
        return rows.Count;
    }
}
