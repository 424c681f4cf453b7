using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Persist.Hosting;
using Orleans.Persist.SiloHost.Hosting;

namespace Orleans.Persist.SiloHost.Demo.Cluster;

/// <summary>A child process of the demo on a cluster: a silo that hosts the source and sinks, until its parent closes its input, or kills it.</summary>
/// <param name="settings">The storage, and the silo that holds the membership.</param>
/// <param name="plan">When sinks export.</param>
/// <param name="output">Where it tells what happens.</param>
internal sealed class DemoSilo(EngineSettings settings, DemoPlan plan, TextWriter output)
{
    /// <summary>The line with which the parent has exports held open.</summary>
    public const string HoldLine = "hold";

    /// <summary>A silo that does not answer is declared dead after a few of these; Orleans takes 5 seconds.</summary>
    public static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(3);

    private readonly ChildVoice _voice = new(output);
    private Action? _hold;

    /// <summary>Runs until it is to stop; then its sinks export.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var ports = FreePort.For(0, 0);
        var until = ParentWatch.Until(cancellationToken, line =>
        {
            if (line == HoldLine)
                _hold?.Invoke();
        });
        await using (await EngineSession.StartAsync(settings with { SiloPort = ports[0], GatewayPort = ports[1] }, Configure, Watch, until))
        {
            _voice.Tell(new ChildMessage { Kind = ChildMessageKind.Started, SiloPort = ports[0], GatewayPort = ports[1] });
            await Task.Delay(Timeout.Infinite, until).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _voice.Tell(new ChildMessage { Kind = ChildMessageKind.Stopped });
    }

    private void Configure(PersistBuilder persist)
    {
        new DemoSource().AddTo(persist, plan.ExportEvery, DemoPlan.ExportInterval);
        persist.Services.Configure<ClusterMembershipOptions>(options => options.ProbeTimeout = ProbeTimeout);
    }

    private WatchedStorage Watch(IStorage storage)
    {
        var snapshots = new WatchedSnapshots(storage.Snapshots, _voice.Tell);
        _hold = snapshots.Hold;
        return new WatchedStorage(storage, snapshots);
    }
}
