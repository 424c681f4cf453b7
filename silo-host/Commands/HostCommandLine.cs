using System.CommandLine;
using System.CommandLine.Help;
using System.Runtime.InteropServices;
using Orleans.Persist.SiloHost.Hosting;

namespace Orleans.Persist.SiloHost.Commands;

/// <summary>Parses the command line, runs a command and turns what goes wrong into one line and an exit code.</summary>
internal static class HostCommandLine
{
    private const string Default = "run";

    /// <summary>Runs a command to its end. SIGINT and SIGTERM end it in order.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        var result = Root().Parse(WithVerb(args));
        if (result.Errors.Count > 0)
        {
            // A word that is no command is told as such, and not that there is none.
            foreach (var error in result.UnmatchedTokens.Count > 0 && result.CommandResult.Command is RootCommand ? result.Errors.Skip(1) : result.Errors)
                await Console.Error.WriteLineAsync($"error: {error.Message}");
            await Console.Error.WriteLineAsync($"See 'silo-host {(result.CommandResult.Command is RootCommand ? "" : result.CommandResult.Command.Name + " ")}--help'.");
            return ExitCodes.WrongUse;
        }

        if (result.GetValue(CommonOptions.ConnectionString) is { } connectionString)
            StorageLocation.SetConnectionString(connectionString);
        try
        {
            return await result.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, stop.Token);
        }
        catch (Exception e)
        {
            return await Failure.ReportAsync(e, result.GetValue(CommonOptions.Verbose), stop.IsCancellationRequested);
        }

        void Stop(PosixSignalContext context)
        {
            // The second time is meant to end it now.
            context.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }
    }

    /// <summary>Without a verb it is <c>run</c>: what stands first is then an option of that, or nothing.</summary>
    internal static string[] WithVerb(string[] args) =>
        args is [] || (args[0].StartsWith('-') && args[0] is not ("--help" or "-h" or "-?" or "--version")) ? [Default, .. args] : args;

    internal static RootCommand Root()
    {
        var root = new RootCommand(
            """
            Hosts an Orleans.Persist engine on a directory, and fills, queries and checks that directory.

            Without a command: run. Each command explains itself: silo-host COMMAND --help.
            Exit codes: 0 done, 1 failed, 2 wrong use.

            Examples:
              silo-host demo
              silo-host ingest orders.csv --source orders --subject order --type event --time at
              silo-host query --source orders --subject 4711
              silo-host run --data data
            """)
        {
            RunCommand.Create(),
            IngestCommand.Create(),
            QueryCommand.Create(),
            SinksCommand.Create(),
            VerifyCommand.Create(),
            CheckpointCommand.Create(),
            CopyCommand.Create(),
            DemoCommand.Create(),
            DemoChildCommand.Create(),
#if ORLEANS
            DemoSiloCommand.Create(),
#endif
        };
        root.Options.Add(CommonOptions.Verbose);
        root.Options.Add(CommonOptions.Storage);
        root.Options.Add(CommonOptions.ConnectionString);
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new ShortListHelp((HelpAction)help.Action!);
        return root;
    }
}
