using System.CommandLine;
using Orleans.Persist.SiloHost.Demo;
using Orleans.Persist.SiloHost.Hosting;

namespace Orleans.Persist.SiloHost.Commands;

/// <summary><c>demo</c>: the main job as a story.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var file = new Option<string?>("--input")
        {
            Description = "The events to use. Without it: the history of the git checkout it runs in, or generated ones outside of one.",
            HelpName = "FILE",
        };
        var data = new Option<string?>("--data") { Description = "A new directory, or azure:TABLE, to use and keep. Without it: a temporary directory, or a new table.", HelpName = "DIR" };
        var engine = CommonOptions.Engine(EngineChoice.Default);
        var json = new Option<bool>("--json") { Description = "The last line of standard output is one JSON object." };
        var input = new InputOptions();
        var command = new Command(
            "demo",
            """
            Shows that nothing is lost: publishes events to a source with three sinks, kills the host in an export, goes on, and compares.

            A child process hosts the engine and ingests the input. Past half of it, while an export runs (the child holds that
            one open, so that the kill certainly falls into it), it gets SIGKILL. A second child takes over: its sinks import what
            was exported, get replayed what they missed, and the rest is ingested. At the end the sinks' states are compared with
            a plain fold over the input, and the stream with the input. Exit code 1 if anything differs.

            With --storage azure and --engine orleans two silos share the journal, and a third process holds their membership.
            The demo publishes as a client of the cluster, and kills the silo where the source lives: source and sinks move to the
            other silo, and the publisher's call, into which the kill falls, is repeated until it is answered.

            Examples:
              silo-host demo
              silo-host demo --storage azure
              silo-host demo --json --input permits.csv --subject case:concept:name --type concept:name --time time:timestamp
            """)
        {
            file, data, engine, json,
        };
        input.AddTo(command);
        command.SetAction((result, cancellationToken) => RunAsync(
            result.GetValue(file), result.GetValue(data), result.GetValue(engine), input, result, result.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        string? file, string? data, HostEngine engine, InputOptions options, ParseResult result, bool json, CancellationToken cancellationToken)
    {
        var columns = options.Columns(result);
        var format = options.Format(result);
        if (file is null && (columns.IsSet || format is not null))
            throw new UsageException("--format, --id, --subject, --type and --time describe an --input; name one.");
        if (file is "-")
            throw new UsageException("the demo reads its input several times, so it cannot come from standard input; name a file.");
        var named = data is not null && StorageLocation.IsAzure(data);
        if (result.GetValue(CommonOptions.Storage) is StorageKind.Azure && data is not null && !named)
            throw new UsageException($"--data: '{data}' is a directory, and --storage is azure; name a table with azure:TABLE.");
        await using var azure = named || result.GetValue(CommonOptions.Storage) is StorageKind.Azure ? await DemoAzure.StartAsync(data, Console.WriteLine, cancellationToken) : null;
        using var directory = DemoDirectory.Create(azure?.Location ?? data);
        var input = file is null
            ? await DefaultInput.WriteAsync(directory.InputFile, cancellationToken)
            : new DemoInput(file, format, columns, "file", file);
        var report = await new DemoStory(input, new EngineSettings(directory.Data) { Engine = engine }, Console.WriteLine).RunAsync(cancellationToken);
        Terminal.Out.Write(DemoTable.Of(report));
        Console.WriteLine(DemoTable.Summary(report));
        if (json)
            Console.WriteLine(DemoTable.Json(report));
        return report.Ok ? ExitCodes.Done : ExitCodes.Failed;
    }
}
