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
    private const int AsksPerMove = 50;
    private static readonly GrainType SinkType = GrainType.Create("persist-sink");
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
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

    /// <summary>Where the source and its sinks are active. Asked of each silo itself: directories remember for a while what has moved.</summary>
    public async Task<DemoPlaces> PlacesAsync(CancellationToken cancellationToken)
    {
        var sinks = new SortedDictionary<string, int>(StringComparer.Ordinal);
        int? source = null;
        foreach (var active in await _management.GetDetailedGrainStatistics(types: null, hostsIds: null, cancellationToken))
        {
            var port = active.SiloAddress.Endpoint.Port;
            if (active.GrainId.Type == SinkType)
                sinks[NameOf(active.GrainId)] = port;
            else if (active.GrainId == _grains.GetGrain<IEventSourceGrain>(DemoSource.Name).GetGrainId())
                source = port;
        }

        return new DemoPlaces(source ?? throw new CommandException("the source is active on no silo."), sinks);
    }

    /// <summary>Has one sink move to another silo, and waits until it lives there.</summary>
    /// <exception cref="CommandException">It does not.</exception>
    public async Task MoveSinkAsync(string sink, int siloPort, CancellationToken cancellationToken)
    {
        var to = (await _management.GetHosts(onlyActive: true, cancellationToken)).Keys.Single(silo => silo.Endpoint.Port == siloPort);
        var grain = _grains.GetGrain((await _management.GetActiveGrains(SinkType, cancellationToken)).Single(id => NameOf(id) == sink));
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < DemoPlan.StepTimeout)
        {
            // A silo may decline; then the sink stays, or is active nowhere until it is called again.
            RequestContext.Set(IPlacementDirector.PlacementHintKey, to);
            await grain.AsReference<IGrainManagementExtension>().MigrateOnIdle(cancellationToken);
            RequestContext.Clear();
            for (var asked = 0; asked < AsksPerMove; asked++)
            {
                await Task.Delay(Poll, cancellationToken);
                if ((await PlacesAsync(cancellationToken)).Sinks.TryGetValue(sink, out var at) && at == siloPort)
                    return;
            }
        }

        throw new CommandException($"the sink '{sink}' did not move to the other silo within {DemoPlan.StepTimeout}.");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private static string NameOf(GrainId sink)
    {
        var key = sink.Key.ToString()!;
        return Uri.UnescapeDataString(key[(key.IndexOf('/', StringComparison.Ordinal) + 1)..]);
    }
}
