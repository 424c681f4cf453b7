using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Persist.SiloHost.Copy;
using Orleans.Persist.SiloHost.Hosting;

namespace Orleans.Persist.SiloHost.Commands;

/// <summary><c>copy</c>: a whole storage into another one.</summary>
internal static class CopyCommand
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(2);

    public static Command Create()
    {
        var from = new Option<string>("--from") { Description = "What to copy: a directory, or azure:TABLE (azure: for the default table).", HelpName = "FROM", Required = true };
        var to = new Option<string>("--to") { Description = "Where to: a directory, or azure:TABLE. New, or what an earlier run of this copy has left.", HelpName = "TO", Required = true };
        var json = CommonOptions.Json();
        var command = new Command(
            "copy",
            """
            Copies everything from one storage to another (streams with their versions, snapshots, object stores), and compares both at the end.

            Nothing else may use either meanwhile. After an interruption, run it again: what is there is not copied again.
            Recorded times become those of the copy, and the numbers of producers begin anew.

            Examples:
              silo-host copy --from data --to azure: --connection-string UseDevelopmentStorage=true
              silo-host copy --from azure:OrleansPersist --to data
            """)
        {
            from, to, json,
        };
        command.SetAction((result, cancellationToken) => RunAsync(result.GetRequiredValue(from), result.GetRequiredValue(to), result.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string from, string to, bool json, CancellationToken cancellationToken)
    {
        if (StorageLocation.Same(from, to))
            throw new UsageException("--from and --to name the same.");
        if (!DataDirectory.Exists(from, "--from"))
            throw new CommandException($"there is no directory '{from}'.");
        DataDirectory.Exists(to, "--to");
        await using var services = new ServiceCollection().BuildServiceProvider();
        await using var source = await StorageLocation.OpenAsync(services, from, cancellationToken);
        await using var destination = await StorageLocation.OpenAsync(services, to, cancellationToken);
        var copy = new StorageCopy(source, destination);
        var running = copy.RunAsync(cancellationToken);
        while (await Task.WhenAny(running, Task.Delay(ProgressEvery, CancellationToken.None)) != running)
            await Console.Error.WriteLineAsync($"{copy.Report.Streams:N0} streams begun, {copy.Report.Events:N0} events copied, {copy.Report.AlreadyThere:N0} were there already, {copy.Report.Compared:N0} compared");
        await running;
        var report = copy.Report;
        Console.WriteLine(json
            ? JsonSerializer.Serialize(new { streams = report.Streams, events = report.Events, already_there = report.AlreadyThere, snapshots = report.Snapshots, compared = report.Compared, same = true })
            : $"{report.Streams:N0} streams: {report.Events:N0} events and {report.Snapshots:N0} snapshots copied, {report.AlreadyThere:N0} events were there already; {report.Compared:N0} compared, all the same.");
        return ExitCodes.Done;
    }
}
