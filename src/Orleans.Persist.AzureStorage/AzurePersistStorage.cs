using Orleans.Persist.AzureStorage.Blobs;
using Orleans.Persist.AzureStorage.Rest;
using Orleans.Persist.AzureStorage.Snapshots;
using Orleans.Persist.AzureStorage.Streams;
using Orleans.Persist.AzureStorage.Tables;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Persist.Snapshots;

namespace Orleans.Persist.AzureStorage;

/// <summary>Journal and snapshots in a storage account: a table for events, a container for snapshots and large commits (requirement o.10). Any number of processes share it.</summary>
public sealed class AzurePersistStorage : IStorage
{
    private AzurePersistStorage(AzureJournal journal, ISnapshotStore snapshots)
    {
        AzureJournal = journal;
        Snapshots = snapshots;
    }

    /// <inheritdoc/>
    public IJournal Journal => AzureJournal;

    /// <summary>The journal, with what only this plug-in offers.</summary>
    public AzureJournal AzureJournal { get; }

    /// <inheritdoc/>
    public ISnapshotStore Snapshots { get; }

    /// <summary>Opens the storage; creates table and container where they are missing and <see cref="AzureStorageOptions.CreateIfMissing"/> says so.</summary>
    /// <param name="options">Where it is and how it works. Not changed afterwards.</param>
    /// <param name="timeProvider">The clock for recorded times; the system's by default. Requests are always signed with the system's.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">An option is missing, contradicts another or is out of range.</exception>
    /// <exception cref="JournalUnavailableException">The service cannot be reached, refuses the credential, or table or container is missing and cannot be created.</exception>
    public static async Task<AzurePersistStorage> OpenAsync(AzureStorageOptions options, TimeProvider? timeProvider = null, CancellationToken cancellationToken = default)
    {
        options.Validate();
        var account = StorageAccount.Of(options);
        var table = new TableClient(StoragePipeline.ForTables(account, options), options.TableName, options.Client.Retry.MaxRetries + 1);
        var blobs = new BlobClient(StoragePipeline.ForBlobs(account, options), options.ContainerName, FolderOf(options));
        if (options.CreateIfMissing)
        {
            await CreateAsync(table.CreateAsync, table.ProbeAsync, $"table '{options.TableName}'", cancellationToken).ConfigureAwait(false);
            await CreateAsync(blobs.CreateAsync, blobs.ProbeAsync, $"container '{options.ContainerName}'", cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await table.ProbeAsync(cancellationToken).ConfigureAwait(false);
            await blobs.ProbeAsync(cancellationToken).ConfigureAwait(false);
        }

        var catalogue = new Catalogue(table);
        var journal = new AzureJournal(table, blobs, catalogue, options, timeProvider ?? TimeProvider.System);
        return new AzurePersistStorage(journal, new AzureSnapshotStore(table, blobs, catalogue, options));
    }

    /// <summary>Where a table's blobs are: a container may serve several tables, whose names do not differ in case alone.</summary>
    internal static string FolderOf(AzureStorageOptions options) => options.TableName.ToLowerInvariant();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await AzureJournal.DisposeAsync().ConfigureAwait(false);
        await Snapshots.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>A credential that may not create it will do where it is there.</summary>
    private static async Task CreateAsync(Func<CancellationToken, Task> create, Func<CancellationToken, Task> probe, string what, CancellationToken cancellationToken)
    {
        try
        {
            await create(cancellationToken).ConfigureAwait(false);
        }
        catch (JournalUnavailableException refused) when (refused.InnerException is Azure.RequestFailedException { Status: 401 or 403 })
        {
            try
            {
                await probe(cancellationToken).ConfigureAwait(false);
            }
            catch (JournalUnavailableException e) when (e.InnerException is Azure.RequestFailedException { Status: 404 })
            {
                throw new JournalUnavailableException($"The {what} is missing, and the credential does not allow to create it. {refused.Message}", refused);
            }
        }
    }
}
