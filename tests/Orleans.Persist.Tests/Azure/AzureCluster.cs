using Orleans.Hosting;
using Orleans.Persist.Azurite;
using Orleans.Persist.Hosting;
using Orleans.Persist.Tests.Grains;
using Orleans.TestingHost;

namespace Orleans.Persist.Tests.Azure;

/// <summary>Two silos that share nothing but a table and a container in Azurite.</summary>
public sealed class AzureCluster : IAsyncLifetime
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private AzuriteServer? _azurite;

    public InProcessTestCluster Cluster { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (AzuritePackage.Missing is not null)
            return;
        _azurite = await AzuriteServer.StartAsync();
        var builder = new InProcessTestClusterBuilder(2);
        builder.ConfigureSilo((_, silo) => Configure(silo, _azurite.ConnectionString));
        builder.ConfigureClient(client => client.AddPersist().AddMemoryStreams(WalletGrain.StreamProvider));
        Cluster = builder.Build();
        await Cluster.DeployAsync().WaitAsync(Patience);
    }

    public async Task DisposeAsync()
    {
        if (_azurite is null)
            return;
        await Cluster.DisposeAsync().AsTask().WaitAsync(Patience);
        await _azurite.DisposeAsync();
    }

    private static void Configure(ISiloBuilder silo, string connectionString)
    {
        silo.AddPersist(persist => persist.UseAzureStorage(options => options.ConnectionString = connectionString));
        silo.AddMemoryGrainStorage("PubSubStore");
        silo.AddMemoryStreams(WalletGrain.StreamProvider);
        silo.AddPersistBasedLogConsistencyProviderAsDefault(_ => { });
    }
}
