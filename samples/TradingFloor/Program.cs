using System.CommandLine;
using TradingFloor;

var actors = new Option<int>("--actors") { Description = "How many strategies: 8 to 10000.", DefaultValueFactory = _ => 1_000, HelpName = "N" };
var ticks = new Option<int>("--ticks") { Description = "How many ticks of market data: 4 to 3600.", DefaultValueFactory = _ => 20, HelpName = "N" };
var kills = new Option<int>("--kills") { Description = "How often the second run is killed: 1 to 20, less than there are ticks.", DefaultValueFactory = _ => 3, HelpName = "N" };
var json = new Option<bool>("--json") { Description = "The last line of standard output is one JSON object." };
var child = new Option<string?>("--child") { Hidden = true };
var killAt = new Option<string?>("--kill-at") { Hidden = true };

var command = new RootCommand(
    """
    Strategy actors that read the time, draw random numbers, set timers and send orders through service actors; killed, rebuilt and compared.

    Once undisturbed, in this process. Then the same market data in a child process that gets SIGKILL in the middle of a tick, is started again
    and rebuilds its actors from their messages, several times. At the end every strategy's state, messages and times, and every order, have to be
    those of the undisturbed run, and each order has to have come once. Exit code 1 if anything differs, 2 for wrong arguments.
    """)
{
    actors, ticks, kills, json, child, killAt,
};
command.SetAction(async (result, cancellationToken) =>
{
    try
    {
        var plan = new FloorPlan(Between(result, actors, 8, 10_000), Between(result, ticks, 4, 3_600));
        var killed = Between(result, kills, 1, Math.Min(20, plan.Ticks - 1));
        if (result.GetValue(child) is { } directory)
            return await Child.RunAsync(directory, plan, result.GetValue(killAt) is { } place ? KillPlace.Parse(place) : null, cancellationToken);
        var report = await new Story(plan, killed).RunAsync(cancellationToken);
        report.Write(result.GetValue(json));
        return report.Ok ? 0 : 1;
    }
    catch (ArgumentOutOfRangeException e) when (e.ParamName?.StartsWith("--", StringComparison.Ordinal) is true)
    {
        await Console.Error.WriteLineAsync(e.Message);
        return 2;
    }
    catch (Exception e) when (e is not OperationCanceledException)
    {
        await Console.Error.WriteLineAsync(e is FloorException ? e.Message : e.ToString());
        return 1;
    }
});
var parsed = command.Parse(args);
var exitCode = await parsed.InvokeAsync();
return parsed.Errors.Count > 0 ? 2 : exitCode;

static int Between(ParseResult result, Option<int> option, int least, int most) =>
    result.GetValue(option) is var value && value >= least && value <= most
        ? value
        : throw new ArgumentOutOfRangeException(option.Name, value, $"{option.Name} must be {least} to {most}.");
