using System.CommandLine;
using System.Globalization;
using Bank;

var accounts = new Option<int>("--accounts") { Description = "How many accounts: 2 to 1000.", DefaultValueFactory = _ => 40, HelpName = "N" };
var transfers = new Option<int>("--transfers") { Description = "How many transfers: 4 to 100000.", DefaultValueFactory = _ => 2_000, HelpName = "N" };
var kills = new Option<int>("--kills") { Description = "How often the silo is killed: 0 to 10.", DefaultValueFactory = _ => 2, HelpName = "N" };
var json = new Option<bool>("--json") { Description = "The last line of standard output is one JSON object." };
var silo = new Option<string?>("--silo") { Hidden = true };
var ports = new Option<string?>("--ports") { Hidden = true };
var daysAgo = new Option<int>("--days-ago") { Hidden = true };

var command = new RootCommand(
    """
    A bank on Orleans: accounts that keep their events, transfers that take effect once, statements that listen to the accounts.

    The silo is a process of its own on an embedded journal. It gets SIGKILL in the middle of transfers, is started again, and goes on. The first half of
    the transfers is made yesterday: the silo's clock says so. At the end every balance, those of yesterday too, must be what the plan gives; each transfer
    must have taken effect once; and the bank must have as much money as it began with. Exit code 1 if anything differs, 2 for wrong arguments.
    """)
{
    accounts, transfers, kills, json, silo, ports, daysAgo,
};
command.SetAction(async (result, cancellationToken) =>
{
    try
    {
        if (result.GetValue(silo) is { } directory)
        {
            var numbers = result.GetValue(ports)!.Split(':').Select(port => int.Parse(port, CultureInfo.InvariantCulture)).ToArray();
            return await BankSilo.RunAsync(directory, numbers[0], numbers[1], result.GetValue(daysAgo), cancellationToken);
        }

        var plan = new BankPlan(Between(result, accounts, 2, 1_000), Between(result, transfers, 4, 100_000));
        var report = await new Story(plan, Between(result, kills, 0, 10)).RunAsync(cancellationToken);
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
        await Console.Error.WriteLineAsync(e is BankException ? e.Message : e.ToString());
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
