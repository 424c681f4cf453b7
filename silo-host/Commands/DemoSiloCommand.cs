#if ORLEANS
using System.CommandLine;
using System.Globalization;
using System.Net;
using Orleans.Persist.SiloHost.Demo;
using Orleans.Persist.SiloHost.Demo.Cluster;
using Orleans.Persist.SiloHost.Hosting;

namespace Orleans.Persist.SiloHost.Commands;

/// <summary><c>demo-silo</c>: the processes that <c>demo</c> on a cluster starts; not for people.</summary>
internal static class DemoSiloCommand
{
    private const string Name = "demo-silo";

    public static Command Create()
    {
        var data = new Option<string?>("--data");
        var events = new Option<long>("--events");
        var primary = new Option<int>("--primary");
        var command = new Command(Name, "A silo of the demo's cluster; without --data the one that holds its membership.") { data, events, primary };
        command.Hidden = true;
        command.SetAction(async (result, cancellationToken) =>
        {
            if (result.GetValue(data) is { } location)
            {
                var settings = new EngineSettings(location) { Engine = HostEngine.Orleans, Primary = new IPEndPoint(IPAddress.Loopback, result.GetValue(primary)) };
                await new DemoSilo(settings, new DemoPlan(result.GetValue(events)), Console.Out).RunAsync(cancellationToken);
            }
            else
            {
                await new DemoMembership(Console.Out).RunAsync(cancellationToken);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>The arguments of the silo that holds the membership.</summary>
    public static IEnumerable<string> Membership() => [Name];

    /// <summary>The arguments of a silo that hosts the source and sinks.</summary>
    public static IEnumerable<string> Silo(EngineSettings settings, DemoPlan plan, int primary) =>
        [Name, "--data", settings.Data, "--events", plan.Events.ToString(CultureInfo.InvariantCulture), "--primary", primary.ToString(CultureInfo.InvariantCulture)];
}
#endif
