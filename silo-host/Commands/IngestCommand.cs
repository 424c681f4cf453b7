using System.CommandLine;
using System.Text.Json;
using Orleans.Persist.SiloHost.Hosting;
using Orleans.Persist.SiloHost.Ingest;
using Spectre.Console;

namespace Orleans.Persist.SiloHost.Commands;

/// <summary><c>ingest</c>: publishes the events of a file to a source, each once however often it is run.</summary>
internal static class IngestCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The file, or - for standard input. Gzip is recognized." };
        var place = new PlaceOptions();
        var source = CommonOptions.Source();
        var json = CommonOptions.Json();
        var input = new InputOptions();
        var command = new Command(
            "ingest",
            """
            Publishes the events of a file to a source. The same file again adds nothing; after a kill, run it again.

            On bad input it stops, naming file and line; what came before is kept.

            Examples:
              silo-host ingest events.ndjson.gz --source gateway
              silo-host ingest permits.csv --source permits --subject case:concept:name --type concept:name --time time:timestamp
              zcat log.xes.gz | silo-host ingest - --source loans --format xes
            """)
        {
            file, source, json,
        };
        place.AddTo(command);
        input.AddTo(command);
        command.SetAction((result, cancellationToken) => RunAsync(
            result.GetRequiredValue(file), place.Get(result), result.GetRequiredValue(source),
            input.Format(result), input.Columns(result), result.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        string file, EnginePlace place, string name, EventFormat? format, ColumnMap columns, bool json, CancellationToken cancellationToken)
    {
        await using var input = await InputSource.OpenAsync(file, cancellationToken);
        var reader = EventReaders.Create(input, format, columns);
        await using var access = await EngineAccess.OpenAsync(place, cancellationToken);
        var source = await access.Engine.GetSourceAsync(name, cancellationToken);
        var started = TimeProvider.System.GetTimestamp();
        var ingestor = new Ingestor(source);
        try
        {
            await WithProgressAsync(input, ingestor, () => ingestor.RunAsync(reader, cancellationToken));
        }
        catch (Exception) when (ingestor.Added > 0)
        {
            await Console.Error.WriteLineAsync($"{name}: {ingestor.Added:N0} events were added before this:");
            throw;
        }

        var elapsed = TimeProvider.System.GetElapsedTime(started);
        Console.WriteLine(json
            ? JsonSerializer.Serialize(new { source = name, read = ingestor.Read, added = ingestor.Added, already_there = ingestor.AlreadyThere })
            : $"{name}: {ingestor.Read:N0} events read, {ingestor.Added:N0} added, {ingestor.AlreadyThere:N0} were there already ({elapsed.TotalSeconds:N1} s, {ingestor.Read / elapsed.TotalSeconds:N0} a second).");
        return ExitCodes.Done;
    }

    private static async Task WithProgressAsync(InputSource input, Ingestor ingestor, Func<Task> work)
    {
        if (Console.IsErrorRedirected)
        {
            await work();
            return;
        }

        await Terminal.Error.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new SpinnerColumn())
            .StartAsync(async progress =>
            {
                var task = progress.AddTask("events", maxValue: input.Length ?? double.MaxValue);
                task.IsIndeterminate = input.Length is null;
                var running = work();
                while (!running.IsCompleted)
                {
                    var rate = task.ElapsedTime is { TotalSeconds: > 0 } elapsed ? ingestor.Read / elapsed.TotalSeconds : 0;
                    task.Description = $"{ingestor.Read:N0} events, {rate:N0} a second";
                    task.Value = Math.Min(input.BytesRead, task.MaxValue);
                    await Task.WhenAny(running, Task.Delay(100));
                }

                await running;
            });
    }
}
