using Orleans.Persist.Web.CloudEvents;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Orleans.Persist.SiloHost.Hosting;
using Orleans.Persist.SiloHost.Ingest;
using Orleans.Persist.Sources;
using Spectre.Console;

namespace Orleans.Persist.SiloHost.Commands;

/// <summary><c>sinks</c>: what a source knows of its sinks.</summary>
internal static class SinksCommand
{
    public static Command Create()
    {
        var place = new PlaceOptions();
        var source = CommonOptions.Source();
        var json = CommonOptions.Json();
        var command = new Command(
            "sinks",
            """
            Shows the sinks of a source: position, last export, events behind, last error. Of a directory as of their last exports, of a running host as of now.

            Example:
              silo-host sinks --source gateway
            """)
        {
            source, json,
        };
        place.AddTo(command);
        command.SetAction((result, cancellationToken) =>
            RunAsync(place.Get(result), result.GetRequiredValue(source), result.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(EnginePlace place, string name, bool json, CancellationToken cancellationToken)
    {
        await using var access = await EngineAccess.OpenExistingAsync(place, cancellationToken);
        var source = await KnownSource.GetAsync(access.Engine, name, place.ToString(), cancellationToken);
        var head = await source.GetHeadAsync(cancellationToken);
        var sinks = await source.GetSinksAsync(cancellationToken);
        if (json)
            Console.WriteLine(Json(name, head.Version, sinks));
        else if (sinks.Count == 0)
            Console.WriteLine($"{name}: {head.Version:N0} events, no sinks yet. 'silo-host run' starts those that are configured.");
        else
            Terminal.Out.Write(Table(name, head.Version, sinks));
        return ExitCodes.Done;
    }

    private static Table Table(string name, long version, IReadOnlyList<SinkStatus> sinks)
    {
        var table = new Table { Title = new TableTitle(Markup.Escape($"{name}: {version:N0} events")) };
        table.AddColumn("sink");
        foreach (var column in (string[])["position", "last export", "exports", "failed", "behind"])
            table.AddColumn(new TableColumn(column).RightAligned());
        table.AddColumn("last error");
        foreach (var sink in sinks)
        {
            string[] cells =
            [
                sink.Name,
                sink.Version.ToString("N0", CultureInfo.InvariantCulture),
                sink.LastExport is { } time ? TimeText.Format(time)[..19] + "Z" : "never",
                sink.Exports.ToString("N0", CultureInfo.InvariantCulture),
                sink.FailedExports.ToString("N0", CultureInfo.InvariantCulture),
                sink.Behind.ToString("N0", CultureInfo.InvariantCulture),
                sink.LastError ?? "",
            ];
            table.AddRow(cells.Select(Markup.Escape).ToArray());
        }

        return table;
    }

    private static string Json(string name, long version, IReadOnlyList<SinkStatus> sinks) => JsonSerializer.Serialize(new
    {
        source = name,
        version,
        sinks = sinks.Select(sink => new
        {
            name = sink.Name,
            position = sink.Version,
            exported = sink.ExportedVersion,
            last_export = sink.LastExport is { } time ? TimeText.Format(time) : null,
            exports = sink.Exports,
            failed = sink.FailedExports,
            behind = sink.Behind,
            last_error = sink.LastError,
        }),
    });
}
