using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Orleans.Persist.Audit;
using Orleans.Persist.Embedded;
using Orleans.Persist.Embedded.Files;
using Orleans.Persist.SiloHost.Hosting;
using Orleans.Persist.SiloHost.Remote;
using Spectre.Console;

namespace Orleans.Persist.SiloHost.Commands;

/// <summary><c>verify</c>: reads every record of a directory.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var place = new PlaceOptions(withEngine: false);
        var json = CommonOptions.Json();
        var audit = new Option<string?>("--audit") { Description = "Checkpoints that were kept elsewhere, one JSON object a line (see 'checkpoint'): the events they cover must be those of then.", HelpName = "FILE" };
        var key = new Option<string?>("--key") { Description = "The key that the checkpoints must be signed with: a PEM file with an EC key, or a file with the secret.", HelpName = "FILE" };
        key.Validators.Add(result =>
        {
            if (result.Parent is System.CommandLine.Parsing.CommandResult command && command.GetValue(audit) is null)
                result.AddError("--key is for --audit.");
        });
        var command = new Command(
            "verify",
            """
            Reads every record of a directory, changing nothing, and prints counts. Exit code 1 if anything does not check, with its file and offset.

            With --url it has a running host read every event of every source, which checks each of their records.
            A directory that does not exist yet holds nothing, and nothing is wrong with it.
            With --audit, events that were changed, inserted or removed are found also where every checksum was made to match.

            Examples:
              silo-host verify --data data
              silo-host verify --data data --audit /elsewhere/checkpoints.jsonl
            """)
        {
            json, audit, key,
        };
        place.AddTo(command);
        command.SetAction((result, cancellationToken) => RunAsync(
            place.Get(result), result.GetValue(json), result.GetValue(audit), result.GetValue(key), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(EnginePlace place, bool json, string? auditFile, string? keyFile, CancellationToken cancellationToken)
    {
        if (place.Remote is not null)
            return auditFile is null ? await RunRemoteAsync(place, json, cancellationToken) : throw new UsageException("--audit reads the files of a directory; it does not go with --url.");
        var data = place.Settings.Data;
        if (StorageLocation.IsAzure(data))
            throw new UsageException("verify reads a directory. In Azure Storage, 'silo-host copy' to a new place reads and compares everything.");
        var exists = DataDirectory.Exists(data);
        using var key = CheckpointFile.LoadKey(keyFile);
        var checkpoints = auditFile is null ? null : await CheckpointFile.ReadAsync(auditFile, cancellationToken);
        var report = await VerifyAsync(data, checkpoints, key, cancellationToken);
        if (json)
            Console.WriteLine(Json(data, exists, report));
        else if (!exists)
            Console.WriteLine($"'{data}' does not exist yet: it holds nothing.");
        else
            Terminal.Out.Write(Table(data, report));
        foreach (var damage in report.Damage)
            await Console.Error.WriteLineAsync($"damage: {damage.Place}: {damage.What}");
        foreach (var finding in report.Audit?.Findings ?? [])
            await Console.Error.WriteLineAsync($"audit: source '{finding.Source}', versions {finding.From} to {finding.To}: {finding.What}");
        if (report.Damage.Count == 0 && report.Audit is not { Findings.Count: > 0 })
            return ExitCodes.Done;
        if (report.Audit is { Findings.Count: > 0 } audit)
            await Console.Error.WriteLineAsync($"error: {audit.Findings.Count:N0} stretches of events in '{data}' are not what the checkpoints in '{auditFile}' were taken of.");
        if (report.Damage.Count > 0)
            await Console.Error.WriteLineAsync($"error: {report.Damage.Count:N0} places in '{data}' do not check. Keep a copy of the directory before anything else.");
        return ExitCodes.Failed;
    }

    private static async Task<int> RunRemoteAsync(EnginePlace place, bool json, CancellationToken cancellationToken)
    {
        await using var access = await EngineAccess.OpenAsync(place, cancellationToken);
        var results = await RemoteVerifier.VerifyAsync(access.Engine, cancellationToken);
        var failed = results.Count(result => result.Problem is not null);
        Console.WriteLine(json
            ? JsonSerializer.Serialize(new
            {
                ok = failed == 0,
                url = place.ToString(),
                sources = results.Select(result => new { name = result.Source, events = result.Events, problem = result.Problem }),
            })
            : $"{place}: {results.Count:N0} sources with {results.Sum(result => result.Events):N0} events were read; {(failed == 0 ? "all of them check" : $"{failed:N0} do not check")}.");
        foreach (var (source, _, problem) in results.Where(result => result.Problem is not null))
            await Console.Error.WriteLineAsync($"damage: source '{source}': {problem}");
        return failed == 0 ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static async Task<VerifyReport> VerifyAsync(string data, List<AuditCheckpoint>? checkpoints, AuditKey? key, CancellationToken cancellationToken)
    {
        try
        {
            return await EmbeddedVerifier.VerifyAsync(new DiskDirectory(data), checkpoints, key, cancellationToken: cancellationToken);
        }
        catch (ArgumentException e) when (checkpoints is not null)
        {
            throw new CommandException(e.Message);
        }
    }

    private static Table Table(string data, VerifyReport report)
    {
        var table = new Table { Title = new TableTitle(Markup.Escape(data)), ShowHeaders = false };
        table.AddColumn("what").AddColumn(new TableColumn("count").RightAligned());
        var audit = report.Audit;
        foreach (var (what, count) in (IEnumerable<(string, long)>)[
            ("segments", report.Segments), ("records", report.Records), ("streams", report.Streams), ("events", report.Events),
            ("snapshots", report.Snapshots), ("bytes", report.Bytes), ("bytes of an unfinished write", report.TornBytes), ("damaged places", report.Damage.Count),
            .. audit is null ? ((string, long)[])[] : [
                ("checkpoints that hold", audit.Checkpoints), ("events proven by them", audit.Proven), ("events not proven", audit.Unproven),
                ("events truncated away", audit.Truncated), ("stretches that differ", audit.Findings.Count)]])
        {
            table.AddRow(what, count.ToString("N0", CultureInfo.InvariantCulture));
        }

        return table;
    }

    private static string Json(string data, bool exists, VerifyReport report) => JsonSerializer.Serialize(new
    {
        ok = report.Damage.Count == 0 && report.Audit is not { Findings.Count: > 0 },
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
        audit = report.Audit is not { } audit ? null : new
        {
            checkpoints = audit.Checkpoints,
            proven = audit.Proven,
            unproven = audit.Unproven,
            truncated = audit.Truncated,
            findings = audit.Findings.Select(finding => new { source = finding.Source, from = finding.From, to = finding.To, what = finding.What }),
        },
    });
}
