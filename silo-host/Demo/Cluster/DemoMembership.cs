using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Persist.SiloHost.Hosting;

namespace Orleans.Persist.SiloHost.Demo.Cluster;

/// <summary>A child process of the demo on a cluster: the silo that the others find each other by. It has no storage, and no sources or sinks.</summary>
/// <param name="output">Where it tells that it runs.</param>
internal sealed class DemoMembership(TextWriter output)
{
    /// <summary>Runs until its parent closes its input.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var until = ParentWatch.Until(cancellationToken);
        var voice = new ChildVoice(output);
        var ports = FreePort.For(0, 0);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(ports[0], ports[1], null, HostSilo.ClusterName, HostSilo.ClusterName)
            .Configure<ClusterMembershipOptions>(options => options.ProbeTimeout = DemoSilo.ProbeTimeout)
            .Configure<GrainTypeOptions>(HasNoGrainsOfOurs));
        using var host = builder.Build();
        await host.StartAsync(until);
        voice.Tell(new ChildMessage { Kind = ChildMessageKind.Started, SiloPort = ports[0], GatewayPort = ports[1] });
        await Task.Delay(Timeout.Infinite, until).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await host.StopAsync(CancellationToken.None);
        voice.Tell(new ChildMessage { Kind = ChildMessageKind.Stopped });
    }

    /// <summary>Grains are placed on silos only that have their classes.</summary>
    private static void HasNoGrainsOfOurs(GrainTypeOptions options) => options.Classes.RemoveWhere(type => type.Assembly == typeof(PersistSiloBuilderExtensions).Assembly);
}
