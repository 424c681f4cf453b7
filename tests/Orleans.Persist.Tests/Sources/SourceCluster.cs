using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Hosting;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Persist.Objects;
using Orleans.Persist.Sources;
using Orleans.Persist.Tests.Objects;
using Orleans.Runtime;
using Orleans.Runtime.Placement;
using Orleans.TestingHost;

namespace Orleans.Persist.Tests.Sources;

/// <summary>Two silos on one journal, shared by the tests of sources and sinks; each test has sources of its own.</summary>
public sealed class SourceCluster : IAsyncLifetime
{
    public const string ConfiguredSource = "configured";

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TestSourceOptions _options = new();

    public InProcessTestCluster Cluster { get; private set; } = null!;

    public SharedStorage Storage { get; } = new();

    /// <summary>The engine as a client of the cluster has it: without a storage.</summary>
    public IPersistEngine Client => Cluster.Client.ServiceProvider.GetRequiredService<IPersistEngine>();

    /// <summary>The engine as a silo has it.</summary>
    public IPersistEngine Silo => Cluster.GetSiloServiceProvider().GetRequiredService<IPersistEngine>();

    public static EventData[] Events(int count, int first = 1, string type = "Happened") =>
    [
        .. Enumerable.Range(first, count).Select(i => new EventData
        {
            Type = type,
            Id = $"id-{i}",
            Subject = $"subject-{i % 3}",
            Tags = [$"tag-{i % 5}"],
            Data = Encoding.UTF8.GetBytes($"payload {i}"),
        }),
    ];

    public async Task InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(2);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddPersist(persist => persist
                .UseStorage((_, _) => new(Storage))
                .Configure(engine => engine.OwnsStorage = false)
                .ConfigureCluster(cluster => cluster.SinkCheckInterval = TimeSpan.FromMilliseconds(100))
                .AddEventSource(ConfiguredSource)
                .AddSink<ConfiguredSink, CountingState>(ConfiguredSource)
                .AddSinkGrain<ICountingGrain>(ConfiguredSource, ConfiguredSource + "|from-the-start"));
            silo.Services.AddSingleton<ConfiguredSink>();
            silo.Services.AddSingleton<IConfigureOptions<EventSourceOptions>>(_options);
            silo.Services.AddSingleton<IConfigureOptions<ObjectStoreOptions<Reading>>, TestObjectOptions>();
        });
        builder.ConfigureClient(client => client.AddPersist());
        Cluster = builder.Build();
        await Cluster.DeployAsync().WaitAsync(Patience * 2);
    }

    public async Task DisposeAsync()
    {
        await Cluster.DisposeAsync().AsTask().WaitAsync(Patience);
        await Storage.DisposeAsync();
    }

    /// <summary>A source of the test's own.</summary>
    public async Task<IEventSource> SourceAsync(Action<EventSourceOptions>? configure = null)
    {
        var name = $"source-{Guid.NewGuid():N}";
        if (configure is not null)
            _options.Set(name, configure);
        return await Client.GetSourceAsync(name);
    }

    public ICountingGrain Sink(IEventSource source, string name = "counter") => Cluster.Client.GetGrain<ICountingGrain>($"{source.Name}|{name}");

    /// <summary>Has a grain become active on a silo of the test's choice.</summary>
    public async Task PlaceAsync(Func<Task> call, InProcessSiloHandle silo)
    {
        RequestContext.Set(IPlacementDirector.PlacementHintKey, silo.SiloAddress);
        try
        {
            await call().WaitAsync(Patience);
        }
        finally
        {
            RequestContext.Remove(IPlacementDirector.PlacementHintKey);
        }
    }

    /// <summary>Where a source's grain is active.</summary>
    public InProcessSiloHandle SiloOf(IEventSource source)
    {
        Assert.True(Cluster.TryGetGrainContext(SourceGrain(source).GetGrainId(), out var context));
        return Cluster.GetSiloForAddress(context.Address.SiloAddress!)!;
    }

    public IEventSourceGrain SourceGrain(IEventSource source) => Cluster.Client.GetGrain<IEventSourceGrain>(source.Name);

    /// <summary>Kills a silo, and starts another one in its place.</summary>
    public async Task KillAsync(InProcessSiloHandle silo)
    {
        await Cluster.KillSiloAsync(silo).WaitAsync(Patience);
        await Cluster.StartAdditionalSiloAsync().WaitAsync(Patience);
    }

    /// <summary>A sink's state once it has applied a version, asked for again where the client has not learned yet which silo is gone.</summary>
    public static async Task<CountingState> AtAsync(ICountingGrain sink, long version)
    {
        using var limit = new CancellationTokenSource(Patience * 2);
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(50)); // a connection that has failed is refused for a while, faster than the client learns of it
        while (true)
        {
            try
            {
                return await sink.GetAt(version).WaitAsync(Patience, limit.Token);
            }
            catch (OrleansException) when (!limit.IsCancellationRequested)
            {
                await again.WaitForNextTickAsync(limit.Token);
            }
        }
    }

    /// <summary>Completes when a source has noted something of its sinks so often.</summary>
    public async Task NotedAsync(IEventSource source, string type, int times = 1)
    {
        using var timeout = new CancellationTokenSource(Patience);
        await foreach (var _ in Storage.Journal.SubscribeAsync($"$source/{source.Name}", 1, new EventFilter { Types = [type] }, timeout.Token))
        {
            if (--times <= 0)
                return;
        }
    }

    public async Task<SinkStatus> StatusAsync(IEventSource source, string sink = "counter") =>
        Assert.Single(await source.GetSinksAsync().AsTask().WaitAsync(Patience), s => s.Name == sink);
}
