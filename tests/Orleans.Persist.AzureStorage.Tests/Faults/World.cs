using Orleans.Persist.AzureStorage.Tests.Support;
using Orleans.Persist.Azurite;
using Orleans.Persist.Journal;

namespace Orleans.Persist.AzureStorage.Tests.Faults;

/// <summary>A storage that reaches Azurite through a proxy for each of the two services.</summary>
internal sealed class World : IAsyncDisposable
{
    private FaultProxy _tables = null!;
    private FaultProxy _blobs = null!;
    private AzureStorageOptions _options = null!;

    public AzurePersistStorage Storage { get; private set; } = null!;

    public IJournal Journal => Storage.Journal;

    /// <summary>What happens to a request, by its first line.</summary>
    public Func<string, Fault> Next { get; set; } = _ => Fault.None;

    public static async Task<World> StartAsync(Func<string, Fault> next)
    {
        var server = await SharedAzurite.GetAsync();
        var world = new World { Next = next };
        world._tables = new FaultProxy(server.TablePort, line => world.Next(line));
        world._blobs = new FaultProxy(server.BlobPort, line => world.Next(line));
        world._options = SharedAzurite.Own(new AzureStorageOptions
        {
            ConnectionString = AzuriteServer.ConnectionStringOf(world._blobs.Port, world._tables.Port),
            OperationTimeout = TimeSpan.FromSeconds(10),
        });
        world._options.Client.Retry.MaxDelay = TimeSpan.FromMilliseconds(50);
        world.Storage = await AzurePersistStorage.OpenAsync(world._options);
        return world;
    }

    /// <summary>The same storage opened once more, as another process would.</summary>
    public Task<AzurePersistStorage> OpenAnotherAsync() => AzurePersistStorage.OpenAsync(_options);

    public async ValueTask DisposeAsync()
    {
        Next = _ => Fault.None;
        await Storage.DisposeAsync();
        await _tables.DisposeAsync();
        await _blobs.DisposeAsync();
    }
}
