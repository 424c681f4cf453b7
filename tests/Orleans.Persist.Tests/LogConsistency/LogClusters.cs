using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.Persist.Grains;
using Orleans.Persist.Hosting;
using Orleans.Persist.LogConsistency;
using Orleans.Persist.Processes;
using Orleans.Persist.Tests.Grains;
using Orleans.Persist.Tests.Support;
using Orleans.Runtime;
using Orleans.TestingHost;

namespace Orleans.Persist.Tests.LogConsistency;

/// <summary>Two silos on one journal; and a cluster of its own beside them on the same journal, as the other side of a partition has it.</summary>
public sealed class LogClusters : IAsyncLifetime
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public SwitchedStorage Storage { get; } = new();

    public SwitchedStorage Archive { get; } = new();

    public InProcessTestCluster Cluster { get; private set; } = null!;

    public InProcessTestCluster OtherSide { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Cluster = Build(2);
        OtherSide = Build(1);
        await Task.WhenAll(Cluster.DeployAsync(), OtherSide.DeployAsync()).WaitAsync(Patience);
    }

    public async Task DisposeAsync()
    {
        await Cluster.DisposeAsync().AsTask().WaitAsync(Patience);
        await OtherSide.DisposeAsync().AsTask().WaitAsync(Patience);
    }

    public ILogGrain Grain<TGrain>(string? key = null, bool onOtherSide = false) =>
        (onOtherSide ? OtherSide : Cluster).Client.GetGrain<ILogGrain>(key ?? Guid.NewGuid().ToString("N"), typeof(TGrain).FullName);

    public static string StreamOf(ILogGrain grain) => grain.GetGrainId().ToString();

    public InProcessTestCluster Build(short silos)
    {
        var builder = new InProcessTestClusterBuilder(silos);
        builder.ConfigureSilo((_, silo) => Configure(silo));
        builder.ConfigureClient(client => client.AddPersist().AddMemoryStreams(WalletGrain.StreamProvider));
        return builder.Build();
    }

    private void Configure(ISiloBuilder silo)
    {
        silo.AddPersist(persist => persist.UseStorage((_, _) => new(Storage)).Configure(options => options.OwnsStorage = false));
        silo.Services.AddKeyedSingleton<IStorage>("Archive", Archive);
        silo.AddMemoryGrainStorageAsDefault();
        silo.AddMemoryGrainStorage("PubSubStore");
        silo.AddMemoryStreams(WalletGrain.StreamProvider);
        silo.UseInMemoryReminderService();
        silo.Services.Configure<PersistentGrainOptions>(options => options.MaxDeliveryAttempts = 2);
        silo.AddLogStorageBasedLogConsistencyProvider("Builtin");
        silo.AddPersistBasedLogConsistencyProviderAsDefault(Quick);
        silo.AddPersistBasedLogConsistencyProvider("LogStorage", options =>
        {
            Quick(options);
            options.Snapshots = new SnapshotPolicy { EveryEvents = 10, OnPassivation = false };
        });
        silo.AddPersistBasedLogConsistencyProvider("Impatient", Impatient);
        silo.AddPersistBasedLogConsistencyProvider("Truncating", options =>
        {
            Quick(options);
            options.Snapshots = new SnapshotPolicy { EveryEvents = 10, OnPassivation = false };
            options.TruncateAfterSnapshot = true;
        });
        silo.AddPersistBasedLogConsistencyProvider("Throwing", options =>
        {
            Impatient(options);
            options.OnStoreFailure = StoreFailurePolicy.Throw;
            options.Attempts = 2;
        });
        silo.AddPersistBasedLogConsistencyProvider("Deposed", options =>
        {
            Quick(options);
            options.OnConflict = ConflictPolicy.Deactivate;
        });
        silo.AddPersistBasedLogConsistencyProvider("Skipping", options =>
        {
            Quick(options);
            options.OnPoison = PoisonPolicy.Skip;
        });
        silo.AddPersistBasedLogConsistencyProvider("Quarantining", options =>
        {
            Quick(options);
            options.OnPoison = PoisonPolicy.Quarantine;
        });
        silo.AddPersistBasedLogConsistencyProvider("Archive", Quick);
        silo.AddPersistBasedLogConsistencyProvider("MovedLog", options => options.ImportFrom = LogImport.LogStorage);
        silo.AddPersistBasedLogConsistencyProvider("MovedState", options => options.ImportFrom = LogImport.StateStorage);
    }

    private static void Quick(PersistLogConsistencyOptions options)
    {
        options.MinRetryDelay = TimeSpan.FromMilliseconds(5);
        options.MaxRetryDelay = TimeSpan.FromMilliseconds(20);
    }

    private static void Impatient(PersistLogConsistencyOptions options)
    {
        Quick(options);
        options.ConfirmTimeout = options.ActivationTimeout = options.DeactivationTimeout = TimeSpan.FromSeconds(2);
    }
}
