using Orleans.Configuration;
using Orleans.Core.Internal;
using Orleans.Hosting;
using Orleans.Persist.Hosting;
using Orleans.Persist.SiloHost.Hosting;
using Orleans.Persist.Sources;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Orleans.Persist.SiloHost.Demo.Cluster;

/// <summary>The demo's own process as a client of its cluster: publishes, and asks where what lives. It has no storage.</summary>
internal sealed class DemoClient : IAsyncDisposable
{
    private static readonly GrainType SinkType = GrainType.Create("persist-sink");
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private readonly IHost _host;
    private readonly IGrainFactory _grains;
    private readonly IManagementGrain _management;

    private DemoClient(IHost host, IEventSource source)
    {
        (_host, Source) = (host, source);
        _grains = host.Services.GetRequiredService<IGrainFactory>();
        _management = _grains.GetGrain<IManagementGrain>(0);
    }

    /// <summary>The source of the demo, wherever it lives.</summary>
    public IEventSource Source { get; }

    /// <summary>Connects through one silo's gateway. Calls are repeated as long as one step of the demo may take.</summary>
    public static async Task<DemoClient> StartAsync(int gatewayPort, CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleansClient(client => client
            .UseLocalhostClustering(gatewayPort, HostSilo.ClusterName, HostSilo.ClusterName)
            .AddPersist(options => options.PublishTimeout = DemoPlan.StepTimeout));
        var host = builder.Build();
        try
        {
            await host.StartAsync(cancellationToken);
            return new DemoClient(host, await host.Services.GetRequiredService<IPersistEngine>().GetSourceAsync(DemoSource.Name, cancellationToken));
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    /// <summary>The port of the silo on which the source is active.</summary>
    public async Task<int> SourceSiloAsync(CancellationToken cancellationToken) =>
        await PortOfAsync(_grains.GetGrain<IEventSourceGrain>(DemoSource.Name)).WaitAsync(cancellationToken)
        ?? throw new CommandException("the source is active on no silo.");

    /// <summary>For each sink the port of the silo on which it is active.</summary>
    public async Task<IReadOnlyDictionary<string, int>> SinkSilosAsync(CancellationToken cancellationToken)
    {
        var silos = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var id in await ActiveSinksAsync().WaitAsync(cancellationToken))
        {
            if (await PortOfAsync(_grains.GetGrain(id)).WaitAsync(cancellationToken) is { } port)
                silos[NameOf(id)] = port;
        }

        return silos;
    }

    /// <summary>Has one sink move to another silo, and waits until it lives there.</summary>
    public async Task MoveSinkAsync(string sink, int siloPort, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(DemoPlan.StepTimeout);
        var to = (await _management.GetHosts(onlyActive: true).WaitAsync(limit.Token)).Keys.Single(silo => silo.Endpoint.Port == siloPort);
        var grain = _grains.GetGrain((await ActiveSinksAsync().WaitAsync(limit.Token)).Single(id => NameOf(id) == sink));
        RequestContext.Set(IPlacementDirector.PlacementHintKey, to);
        await grain.AsReference<IGrainManagementExtension>().MigrateOnIdle().AsTask().WaitAsync(limit.Token);
        RequestContext.Clear();
        while (await PortOfAsync(grain).WaitAsync(limit.Token) != siloPort)
            await Task.Delay(Poll, limit.Token);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private Task<List<GrainId>> ActiveSinksAsync() => _management.GetActiveGrains(SinkType).AsTask();

    private async Task<int?> PortOfAsync(IAddressable grain) => (await _management.GetActivationAddress(grain))?.Endpoint.Port;

    private static string NameOf(GrainId sink)
    {
        var key = sink.Key.ToString()!;
        return Uri.UnescapeDataString(key[(key.IndexOf('/', StringComparison.Ordinal) + 1)..]);
    }
}
