using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace Orleans.Persist.SiloHost.Demo;

/// <summary>A demo's report, for people and for machines.</summary>
internal static class DemoTable
{
    private static readonly JsonSerializerOptions WithoutNulls = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>The sinks as a table.</summary>
    public static Table Of(DemoReport report)
    {
        var table = new Table();
        table.AddColumn("sink");
        foreach (var column in (string[])["exports", "failed", "imported at", "replayed"])
            table.AddColumn(new TableColumn(column).RightAligned());
        table.AddColumn("state");
        foreach (var sink in report.Sinks)
        {
            table.AddRow(
                Markup.Escape(sink.Name), Text(sink.Exports), Text(sink.FailedExports), sink.Stayed ? "stayed" : Text(sink.Imported), sink.Stayed ? "" : Text(sink.Replayed),
                sink.StateIsRight ? "as the plain fold" : "DIFFERS");
        }

        return table;
    }

    /// <summary>The counts, and what is wrong, as lines.</summary>
    public static string Summary(DemoReport report) =>
        $"events {report.Events:N0}, killed at {report.KilledAt:N0}, lost {report.Lost:N0}, duplicated {report.Duplicated:N0}, rebuild {report.RebuildMilliseconds:N0} ms{(report.AnsweredMilliseconds is { } answered ? $", publisher answered after {answered:N0} ms" : "")}: "
        + (report.Ok ? "ok" : string.Join("; ", report.Problems));

    /// <summary>Everything as one JSON object on one line.</summary>
    public static string Json(DemoReport report) => JsonSerializer.Serialize(new
    {
        ok = report.Ok,
        input = report.Input,
        events = report.Events,
        silos = report.Silos > 0 ? report.Silos : (int?)null,
        killed = report.Killed,
        killed_in_export = report.KilledInExport,
        killed_at = report.KilledAt,
        lost = report.Lost,
        duplicated = report.Duplicated,
        sinks = report.Sinks.Select(sink => new
        {
            name = sink.Name,
            exports = sink.Exports,
            failed = sink.FailedExports,
            exports_before_kill = sink.ExportsBeforeKill,
            stayed = report.Silos > 0 ? sink.Stayed : (bool?)null,
            imported = sink.Imported,
            replayed = sink.Replayed,
            state_ok = sink.StateIsRight,
        }),
        rebuild_ms = Math.Round(report.RebuildMilliseconds, 1),
        answered_ms = report.AnsweredMilliseconds is { } answered ? Math.Round(answered, 1) : (double?)null,
        problems = report.Problems,
    }, WithoutNulls);

    private static string Text(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
