using System.Buffers;
using System.CommandLine;
using Orleans.Persist.Journal;
using Orleans.Persist.Web.CloudEvents;
using Orleans.Persist.SiloHost.Hosting;
using Orleans.Persist.Sources;

namespace Orleans.Persist.SiloHost.Commands;

/// <summary><c>query</c>: events of a source as CloudEvents on standard output.</summary>
internal static class QueryCommand
{
    private const int FlushAt = 64 * 1024;

    public static Command Create()
    {
        var data = CommonOptions.Data();
        var source = CommonOptions.Source();
        var from = CommonOptions.Positive("--from", "The version to begin with; with --backward, to go back from.", "VERSION");
        var since = CommonOptions.Time("--since", "Only events whose own time is this or later.");
        var until = CommonOptions.Time("--until", "Only events whose own time is before this.");
        var subject = new Option<string[]>("--subject") { Description = "Only events about this subject. May be given more than once: any of them.", HelpName = "S" };
        var type = new Option<string[]>("--type") { Description = "Only events of this type. May be given more than once: any of them.", HelpName = "T" };
        var backward = new Option<bool>("--backward") { Description = "Newest first." };
        var limit = CommonOptions.Positive("--limit", "At most so many events.", "N");
        var command = new Command(
            "query",
            """
            Prints events of a source as CloudEvents 1.0, one JSON object a line, and nothing else on standard output.

            Events come in the order of their versions (the extension attribute 'sequence'). --since and --until go by
            the events' own time, which need not run in that order.

            Examples:
              silo-host query --source permits --subject case-10011
              silo-host query --source permits --type Approved --since 2026-01-01 | jq .data
              silo-host query --source permits --backward --limit 10
            """)
        {
            data, source, from, since, until, subject, type, backward, limit,
        };
        command.SetAction((result, cancellationToken) => RunAsync(
            result.GetRequiredValue(data),
            result.GetRequiredValue(source),
            new ReadRequest
            {
                From = result.GetValue(from),
                Backward = result.GetValue(backward),
                Limit = result.GetValue(limit) ?? long.MaxValue,
                Filter = new EventFilter
                {
                    Since = result.GetValue(since),
                    Until = result.GetValue(until),
                    Subjects = Set(result.GetValue(subject)),
                    Types = Set(result.GetValue(type)),
                },
            },
            cancellationToken));
        return command;
    }

    private static HashSet<string>? Set(string[]? values) => values is { Length: > 0 } ? [.. values] : null;

    private static async Task<int> RunAsync(string data, string name, ReadRequest request, CancellationToken cancellationToken)
    {
        await using var session = await EngineSession.StartOnExistingAsync(data, cancellationToken);
        var source = await KnownSource.GetAsync(session.Engine, name, data, cancellationToken);
        try
        {
            await using var output = Terminal.OpenOutput();
            await WriteAsync(source, request, output, cancellationToken);
        }
        catch (IOException e) when (Terminal.IsBrokenPipe(e))
        {
            // Whoever reads has seen enough.
        }

        return ExitCodes.Done;
    }

    private static async Task WriteAsync(IEventSource source, ReadRequest request, Stream output, CancellationToken cancellationToken)
    {
        var buffer = new ArrayBufferWriter<byte>(FlushAt);
        using var writer = new CloudEventWriter(buffer);
        await foreach (var @event in source.ReadAsync(request, cancellationToken))
        {
            writer.WriteLine(@event);
            if (buffer.WrittenCount < FlushAt)
                continue;
            await output.WriteAsync(buffer.WrittenMemory, cancellationToken);
            buffer.ResetWrittenCount();
        }

        await output.WriteAsync(buffer.WrittenMemory, cancellationToken);
        await output.FlushAsync(cancellationToken);
    }
}
