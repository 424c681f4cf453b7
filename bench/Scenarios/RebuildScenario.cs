using System.Globalization;
using System.Text.Json.Nodes;
using Orleans.Persist.Bench.Measuring;
using Orleans.Persist.Processes;
using static Orleans.Persist.Bench.Measuring.Statistics;

namespace Orleans.Persist.Bench.Scenarios;

/// <summary>The talk's case (requirement m.8): 1,000 actors rebuilt from 5,000,000 messages in a cold process, against a bare loop over the same files, and with snapshots.</summary>
internal sealed class RebuildScenario : IScenario
{
    private const double TalkSeconds = 90;
    private const int Rounds = 5;

    public string Name => "rebuild";

    public string Description => "1,000 actors with 4,500 to 5,500 journaled messages of 20 bytes each, rebuilt in a cold process: without snapshots, against a bare loop, and with a snapshot every 1,000 messages.";

    public async Task<JsonObject> RunAsync(double scale, Action<string> log, CancellationToken cancellationToken)
    {
        using var scratch = new Scratch();
        log("filling the log");
        var (messages, bytes) = await RebuildLog.FillAsync(scratch["plain"], scale, SnapshotPolicy.Never with { OnPassivation = false }, cancellationToken);
        var (times, ratios) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            var bare = await ChildAsync(scratch["plain"], bare: true, cancellationToken);
            var ours = await ChildAsync(scratch["plain"], bare: false, cancellationToken);
            if (ours.Digest != bare.Digest || ours.Messages != messages)
                throw new InvalidOperationException($"The engine rebuilt {ours.Messages:N0} messages, the bare loop {bare.Messages:N0}; digests {ours.Digest:x} and {bare.Digest:x}.");
            times.Add(ours.Seconds);
            ratios.Add(ours.Seconds / bare.Seconds);
            log($"rebuilt in {ours.Seconds:F2} s, bare loop {bare.Seconds:F2} s");
        }

        log("filling the log with snapshots");
        await RebuildLog.FillAsync(scratch["snapshots"], scale, new SnapshotPolicy { EveryEvents = 1_000, OnPassivation = false }, cancellationToken);
        var (snapshot, tail) = (new List<double>(), 0L);
        for (var round = 0; round < Rounds; round++)
        {
            var ours = await ChildAsync(scratch["snapshots"], bare: false, cancellationToken);
            (_, tail) = (0, ours.Messages);
            snapshot.Add(ours.Seconds);
            log($"rebuilt from snapshots and {ours.Messages:N0} messages in {ours.Seconds:F2} s");
        }

        return new JsonObject
        {
            ["scenario"] = Name,
            ["messages"] = messages,
            ["rebuild_s"] = Round(Median(times), 3),
            ["messages_per_s"] = Round(messages / Median(times), 0),
            ["speedup_over_talk"] = Round(TalkSeconds / Median(times), 1),
            ["ratio_to_bare"] = Round(Median(ratios)),
            ["rebuild_snapshot_s"] = Round(Median(snapshot), 3),
            ["snapshot_tail_messages"] = tail,
            ["log_bytes"] = bytes,
        };
    }

    private static async Task<(double Seconds, long Messages, long Digest)> ChildAsync(string path, bool bare, CancellationToken cancellationToken)
    {
        using var child = Child.Start("rebuild-child", path, bare.ToString(CultureInfo.InvariantCulture));
        var output = await child.StandardOutput.ReadToEndAsync(cancellationToken);
        await child.WaitForExitAsync(cancellationToken);
        if (child.ExitCode != 0)
            throw new InvalidOperationException($"The rebuilding process ended with exit code {child.ExitCode}.");
        var figures = JsonNode.Parse(output)!;
        return ((double)figures["seconds"]!, (long)figures["messages"]!, (long)figures["digest"]!);
    }
}
