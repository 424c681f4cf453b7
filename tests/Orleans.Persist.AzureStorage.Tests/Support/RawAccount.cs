using Orleans.Persist.AzureStorage.Blobs;
using Orleans.Persist.AzureStorage.Rest;
using Orleans.Persist.AzureStorage.Rows;
using Orleans.Persist.AzureStorage.Tables;

namespace Orleans.Persist.AzureStorage.Tests.Support;

/// <summary>A storage's table and container, for a test that changes what is there behind the storage's back.</summary>
internal sealed class RawAccount(AzureStorageOptions options)
{
    public TableClient Table { get; } = new(StoragePipeline.ForTables(StorageAccount.Of(options), options), options.TableName);

    public BlobClient Blobs { get; } = new(StoragePipeline.ForBlobs(StorageAccount.Of(options), options), options.ContainerName, AzurePersistStorage.FolderOf(options));

    /// <summary>A stream's commits.</summary>
    public Task<List<CommitRow>> CommitsAsync(string stream, CancellationToken cancellationToken) =>
        Table.QueryAllAsync<CommitRow>(new TableQuery(StreamKey.Of(stream).Partition) { From = "c", Before = StreamKey.Head }, cancellationToken).ToListAsync(cancellationToken).AsTask();

    /// <summary>Puts a row in the place of whatever is there.</summary>
    public async Task OverwriteAsync(ITableRow row, CancellationToken cancellationToken)
    {
        using var batch = Table.NewBatch();
        batch.Upsert(row);
        Assert.True((await Table.SubmitAsync(batch, cancellationToken)).Outcome.Happened);
    }

    public Task RemoveAsync(CommitRow row, CancellationToken cancellationToken) => Table.DeleteAsync(row.PartitionKey, row.RowKey, "*", cancellationToken);
}
