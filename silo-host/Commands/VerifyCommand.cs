using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Orleans.Persist.Embedded;
using Orleans.Persist.Embedded.Files;
using Orleans.Persist.SiloHost.Hosting;
using Spectre.Console;

namespace Orleans.Persist.SiloHost.Commands;

/// <summary><c>verify</c>: reads every record of a directory.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var data = CommonOptions.Data();
        var json = CommonOptions.Json();
        var command = new Command(
            "verify",
            """
            Reads every record of a directory, changing nothing, and prints counts. Exit code 1 if anything does not check, with its file and offset.

            A directory that does not exist yet holds nothing, and nothing is wrong with it.

            Example:
              silo-host verify --data data
            """)
        {
            data, json,
        };
        command.SetAction((result, cancellationToken) => RunAsync(result.GetRequiredValue(data), result.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string data, bool json, CancellationToken cancellationToken)
    {
        var exists = DataDirectory.Exists(data);
        var report = exists ? await EmbeddedVerifier.VerifyAsync(new DiskDirectory(data), cancellationToken: cancellationToken) : new VerifyReport();
        if (json)
            Console.WriteLine(Json(data, exists, report));
        else if (!exists)
            Console.WriteLine($"'{data}' does not exist yet: it holds nothing.");
        else
            Terminal.Out.Write(Table(data, report));
        foreach (var damage in report.Damage)
            await Console.Error.WriteLineAsync($"damage: {damage.Place}: {damage.What}");
        if (report.Damage.Count == 0)
            return ExitCodes.Done;
        await Console.Error.WriteLineAsync($"error: {report.Damage.Count:N0} places in '{data}' do not check. Keep a copy of the directory before anything else.");
        return ExitCodes.Failed;
    }

    private static Table Table(string data, VerifyReport report)
    {
        var table = new Table { Title = new TableTitle(Markup.Escape(data)), ShowHeaders = false };
        table.AddColumn("what").AddColumn(new TableColumn("count").RightAligned());
        foreach (var (what, count) in ((string, long)[])[
            ("segments", report.Segments), ("records", report.Records), ("streams", report.Streams), ("events", report.Events),
            ("snapshots", report.Snapshots), ("bytes", report.Bytes), ("bytes of an unfinished write", report.TornBytes), ("damaged places", report.Damage.Count)])
        {
            table.AddRow(what, count.ToString("N0", CultureInfo.InvariantCulture));
        }

        return table;
    }

    private static string Json(string data, bool exists, VerifyReport report) => JsonSerializer.Serialize(new
    {
        ok = report.Damage.Count == 0,
        data,
        exists,
        segments = report.Segments,
        records = report.Records,
        streams = report.Streams,
        events = report.Events,
        snapshots = report.Snapshots,
        bytes = report.Bytes,
        torn_bytes = report.TornBytes,
        damage = report.Damage.Select(damage => new { place = damage.Place, what = damage.What }),
    });
}
