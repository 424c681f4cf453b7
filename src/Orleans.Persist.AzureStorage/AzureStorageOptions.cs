using Azure;
using Azure.Core;
using Orleans.Persist.AzureStorage.Rest;

namespace Orleans.Persist.AzureStorage;

/// <summary>Where the storage is, how it is signed in to, and how it works.</summary>
/// <remarks>Give either <see cref="ConnectionString"/>, or both endpoints and one credential (or endpoints that carry a SAS themselves).</remarks>
public sealed class AzureStorageOptions
{
    /// <summary>A storage account's connection string: with an account key or a SAS, or <c>UseDevelopmentStorage=true</c> for the emulator.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The table service's address, for example <c>https://account.table.core.windows.net</c>; with a SAS as its query if that is the credential.</summary>
    public Uri? TableEndpoint { get; set; }

    /// <summary>The blob service's address, for example <c>https://account.blob.core.windows.net</c>; with a SAS as its query if that is the credential.</summary>
    public Uri? BlobEndpoint { get; set; }

    /// <summary>Signs in with Microsoft Entra ID (Azure.Identity), over https only.</summary>
    public TokenCredential? TokenCredential { get; set; }

    /// <summary>Signs in with the account's key.</summary>
    public AzureNamedKeyCredential? KeyCredential { get; set; }

    /// <summary>Signs in with a shared access signature that covers both services.</summary>
    public AzureSasCredential? SasCredential { get; set; }

    /// <summary>The table that holds the events: 3 to 63 letters and digits, the first a letter. Default <c>OrleansPersist</c>.</summary>
    public string TableName { get; set; } = "OrleansPersist";

    /// <summary>The container that holds snapshots and large commits, of any number of tables: 3 to 63 lower-case letters, digits and single hyphens. Default <c>orleans-persist</c>.</summary>
    public string ContainerName { get; set; } = "orleans-persist";

    /// <summary>Whether table and container are created where they are missing. Default true.</summary>
    public bool CreateIfMissing { get; set; } = true;

    /// <summary>How many of a stream's newest events an append with ids is compared with. 1 to 4,096; default 512. 8 bytes of memory each, for streams in use.</summary>
    public int IdWindow { get; set; } = 512;

    /// <summary>How many streams are held ready in memory, so that an append to them is one request. 16 or more; default 10,000.</summary>
    public int CachedStreams { get; set; } = 10_000;

    /// <summary>
    /// How many commits of a stream are indexed together, so that reads by type, subject, tag and id need not pass over them: in the background, one more
    /// request for so many appends (or for 8 MiB of them). 16 to 2,000, or 0 for none; default 1,000.
    /// </summary>
    public int IndexEvery { get; set; } = 1000;

    /// <summary>How many snapshots of an owner are kept. 1 to 100; default 3.</summary>
    public int KeepSnapshots { get; set; } = 3;

    /// <summary>The shortest time between two looks at a stream that is waited for. Above 0, at most <see cref="PollMaximum"/>; default 50 ms. Appends of this process wake at once.</summary>
    public TimeSpan PollMinimum { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest time between two looks at a stream that is waited for. At most 1 hour; default 2 seconds.</summary>
    public TimeSpan PollMaximum { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest that one call may take with all its retries, before its outcome is reported as unknown. 1 second to 1 hour; default 60 seconds.</summary>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long closing waits for what is in flight. At most 1 hour; default 30 seconds.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Retries, time-out of each try, transport, tracing and logging of the requests, as of any Azure client.</summary>
    public AzureStorageClientOptions Client { get; } = new();

    /// <summary>
    /// How often what crashes have left behind is removed from the storage, by one of the processes that share it. 1 minute to 30 days, or 0 for never;
    /// default 1 day. See <see cref="AzureJournal.SweepAsync"/>.
    /// </summary>
    public TimeSpan SweepEvery { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Told of each sweep that this process has done by itself.</summary>
    public Action<SweepReport>? OnSwept { get; set; }

    /// <summary>Told of what goes wrong in the background (removing what was truncated or deleted, indexing, sweeping): nothing is lost by it, and a sweep makes up for it.</summary>
    public Action<Exception>? OnBackgroundError { get; set; }

    /// <summary>Throws where an option is missing, contradicts another or is out of range.</summary>
    /// <exception cref="ArgumentException">One is; the message names it.</exception>
    public void Validate()
    {
        _ = StorageAccount.Of(this);
        StorageNames.ValidateTable(TableName);
        StorageNames.ValidateContainer(ContainerName);
        Require(IdWindow is >= 1 and <= 4096, nameof(IdWindow), IdWindow, "1 to 4,096");
        Require(CachedStreams >= 16, nameof(CachedStreams), CachedStreams, "16 or more");
        Require(IndexEvery is 0 or (>= 16 and <= 2000), nameof(IndexEvery), IndexEvery, "0 or 16 to 2,000");
        Require(KeepSnapshots is >= 1 and <= 100, nameof(KeepSnapshots), KeepSnapshots, "1 to 100");
        Require(PollMaximum > TimeSpan.Zero && PollMaximum <= TimeSpan.FromHours(1), nameof(PollMaximum), PollMaximum, "above 0 and at most 1 hour");
        Require(PollMinimum > TimeSpan.Zero && PollMinimum <= PollMaximum, nameof(PollMinimum), PollMinimum, $"above 0 and at most {nameof(PollMaximum)}");
        Require(OperationTimeout >= TimeSpan.FromSeconds(1) && OperationTimeout <= TimeSpan.FromHours(1), nameof(OperationTimeout), OperationTimeout, "1 second to 1 hour");
        Require(SweepEvery == TimeSpan.Zero || (SweepEvery >= TimeSpan.FromMinutes(1) && SweepEvery <= TimeSpan.FromDays(30)), nameof(SweepEvery), SweepEvery, "0 or 1 minute to 30 days");
        Require(CloseTimeout > TimeSpan.Zero && CloseTimeout <= TimeSpan.FromHours(1), nameof(CloseTimeout), CloseTimeout, "above 0 and at most 1 hour");
    }

    private static void Require(bool met, string name, object value, string range)
    {
        if (!met)
            throw new ArgumentOutOfRangeException(name, value, $"{nameof(AzureStorageOptions)}.{name} must be {range}.");
    }
}
