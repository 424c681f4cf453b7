using System.Buffers;
using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Orleans.Persist.SiloHost.Hosting;
using Orleans.Persist.Sources;
using Orleans.Persist.Web.CloudEvents;

namespace Orleans.Persist.SiloHost.Commands;

/// <summary><c>query</c>: events of a source as CloudEvents on standard output.</summary>
internal static class QueryCommand
{
    private const int FlushAt = 64 * 1024;

    public static Command Create()
    {
        var place = new PlaceOptions();
        var source = CommonOptions.Source();
        var from = CommonOptions.Positive("--from", "The version to begin with; with --backward, to go back from.", "VERSION");
        var since = CommonOptions.Time("--since", "Only events whose own time is this or later.");
        var until = CommonOptions.Time("--until", "Only events whose own time is before this.");
        var recordedSince = CommonOptions.Time("--recorded-since", "Only events that the journal recorded at this time or later.");
        var recordedUntil = CommonOptions.Time("--recorded-until", "Only events that the journal recorded before this.");
        var subject = new Option<string[]>("--subject") { Description = "Only events about this subject. May be given more than once: any of them.", HelpName = "S" };
        var type = new Option<string[]>("--type") { Description = "Only events of this type. May be given more than once: any of them.", HelpName = "T" };
        var prefix = new Option<string[]>("--prefix") { Description = "Only events about subjects that begin with this. May be given more than once, and with --subject: any of them.", HelpName = "P" };
        var tag = new Option<string[]>("--tag") { Description = "Only events with this tag. May be given more than once: any of them.", HelpName = "TAG" };
        var id = new Option<string[]>("--id") { Description = "Only events with this id. May be given more than once: any of them.", HelpName = "ID" };
        var to = CommonOptions.Positive("--to", "The version to end with.", "VERSION");
        var backward = new Option<bool>("--backward") { Description = "Newest first." };
        var limit = CommonOptions.Positive("--limit", "At most so many events.", "N");
        var timings = new Option<bool>("--json") { Description = "Print, instead of the events, how many there are and how long it took to read and write them." };
        var command = new Command(
            "query",
            """
            Prints events of a source as CloudEvents 1.0, one JSON object a line, and nothing else on standard output.

            Events come in the order of their versions (the extension attribute 'sequence'). --since and --until go by
            the events' own time, which need not run in that order; --recorded-since and --recorded-until by the journal's.
            Different conditions must all hold.

            Examples:
              silo-host query --source permits --subject case-10011
              silo-host query --source permits --type Approved --since 2026-01-01 | jq .data
              silo-host query --source permits --backward --limit 10
              silo-host query --source devices --prefix building/7/ --tag alarm
            """)
        {
            source, from, to, since, until, recordedSince, recordedUntil, subject, prefix, type, tag, id, backward, limit, timings,
        };
        place.AddTo(command);
        command.SetAction((result, cancellationToken) => RunAsync(
            place.Get(result),
            result.GetRequiredValue(source),
            new EventQuery
            {
                FromVersion = result.GetValue(from),
                ToVersion = result.GetValue(to),
                Since = result.GetValue(since),
                Until = result.GetValue(until),
                RecordedSince = result.GetValue(recordedSince),
                RecordedUntil = result.GetValue(recordedUntil),
                Subjects = Set(result.GetValue(subject)),
                SubjectPrefixes = Set(result.GetValue(prefix)),
                Types = Set(result.GetValue(type)),
                Tags = Set(result.GetValue(tag)),
                Ids = Set(result.GetValue(id)),
                Backward = result.GetValue(backward),
                Limit = result.GetValue(limit) ?? long.MaxValue,
            },
            result.GetValue(timings),
            cancellationToken));
        return command;
    }

    private static HashSet<string>? Set(string[]? values) => values is { Length: > 0 } ? [.. values] : null;

    private static async Task<int> RunAsync(EnginePlace place, string name, EventQuery query, bool timings, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        await using var access = await EngineAccess.OpenExistingAsync(place, cancellationToken);
        var source = await KnownSource.GetAsync(access.Engine, name, place.ToString(), cancellationToken);
        if (timings)
        {
            Console.WriteLine(await TimeAsync(source, query, Stopwatch.GetElapsedTime(started), cancellationToken));
            return ExitCodes.Done;
        }

        try
        {
            await using var output = Terminal.OpenOutput();
            await WriteAsync(source, query, output, cancellationToken);
        }
        catch (IOException e) when (Terminal.IsBrokenPipe(e))
        {
            // Whoever reads has seen enough.
        }

        return ExitCodes.Done;
    }

    /// <summary>Reads as much as is printed otherwise, and tells how long that takes.</summary>
    private static async Task<string> TimeAsync(IEventSource source, EventQuery query, TimeSpan open, CancellationToken cancellationToken)
    {
        var (events, bytes, started, first) = (0L, 0L, Stopwatch.GetTimestamp(), default(TimeSpan?));
        var buffer = new ArrayBufferWriter<byte>(FlushAt);
        using var writer = new CloudEventWriter(buffer);
        await foreach (var @event in source.QueryAsync(query, cancellationToken))
        {
            first ??= Stopwatch.GetElapsedTime(started);
            writer.WriteLine(@event);
            (events, bytes) = (events + 1, bytes + buffer.WrittenCount);
            buffer.ResetWrittenCount();
        }

        return JsonSerializer.Serialize(new
        {
            source = source.Name,
            events,
            bytes,
            open_ms = Math.Round(open.TotalMilliseconds, 1),
            first_ms = first is { } time ? Math.Round(time.TotalMilliseconds, 1) : (double?)null,
            query_ms = Math.Round(Stopwatch.GetElapsedTime(started).TotalMilliseconds, 1),
        });
    }

    private static async Task WriteAsync(IEventSource source, EventQuery query, Stream output, CancellationToken cancellationToken)
    {
        var buffer = new ArrayBufferWriter<byte>(FlushAt);
        using var writer = new CloudEventWriter(buffer);
        await foreach (var @event in source.QueryAsync(query, cancellationToken))
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
