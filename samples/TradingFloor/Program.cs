using System.CommandLine;
using TradingFloor;

var actors = new Option<int>("--actors") { Description = "How many strategies: 8 to 10000.", DefaultValueFactory = _ => 1_000, HelpName = "N" };
var ticks = new Option<int>("--ticks") { Description = "How many ticks of market data: 4 to 3600.", DefaultValueFactory = _ => 40, HelpName = "N" };
var kills = new Option<int>("--kills") { Description = "How often the second run is killed: 1 to 20, less than there are ticks.", DefaultValueFactory = _ => 3, HelpName = "N" };
var json = new Option<bool>("--json") { Description = "The last line of standard output is one JSON object." };
var child = new Option<string?>("--child") { Hidden = true };
Between(actors, 8, 10_000);
Between(ticks, 4, 3_600);
Between(kills, 1, 20);

var command = new RootCommand(
    """
    Strategy actors that read the time, draw random numbers, set timers and send orders through service actors; killed, rebuilt and compared.

    Once undisturbed, in this process. Then the same market data in a child process that gets SIGKILL in the middle of a tick, is started again
    and rebuilds its actors from their messages, several times. At the end every strategy's state, messages and times, and every order, have to be
    those of the undisturbed run, and each order has to have come once. Exit code 1 if anything differs, 2 for wrong arguments.
    """)
{
    actors, ticks, kills, json, child,
};
command.Validators.Add(result =>
{
    if (result.Errors.Any())
        return;
    if (result.GetValue(kills) >= result.GetValue(ticks))
        result.AddError("--kills must be less than --ticks.");
});
command.SetAction(async (result, cancellationToken) =>
{
    var plan = new FloorPlan(result.GetValue(actors), result.GetValue(ticks));
    try
    {
        if (result.GetValue(child) is { } directory)
            return await Child.RunAsync(directory, plan, cancellationToken);
        var report = await new Story(plan, result.GetValue(kills)).RunAsync(cancellationToken);
        report.Write(result.GetValue(json));
        return report.Ok ? 0 : 1;
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

static void Between(Option<int> option, int least, int most) => option.Validators.Add(result =>
{
    if (result.GetValueOrDefault<int>() is var value && (value < least || value > most))
        result.AddError($"{option.Name} must be {least} to {most}; it is {value}.");
});
