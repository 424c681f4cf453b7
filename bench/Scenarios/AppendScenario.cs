using System.Diagnostics;
using System.Text.Json.Nodes;
using Orleans.Persist.Bench.Measuring;
using Orleans.Persist.Embedded;
using static Orleans.Persist.Bench.Measuring.Statistics;

namespace Orleans.Persist.Bench.Scenarios;

/// <summary>Durable appends on the embedded journal: against a bare loop, as the log grows, and how fast it opens after a kill.</summary>
internal sealed class AppendScenario : IScenario
{
    private const int Rounds = 7;
    private const int Pairs = 15;
    private const long Small = 10_000;
    private const long Large = 5_000_000;

    public string Name => "append";

    public string Description => "1,000 streams, 200-byte events, every append awaited until flushed: against a bare loop, with a growing log, and opening after a SIGKILL.";

    public async Task<JsonObject> RunAsync(double scale, Action<string> log, CancellationToken cancellationToken)
    {
        using var scratch = new Scratch();
        var figures = new JsonObject { ["scenario"] = Name };
        await using (var storage = await EmbeddedStorage.OpenAsync(scratch["flight"], cancellationToken: cancellationToken))
        {
            await AppendWorkload.AppendAsync(storage.Journal, 100_000, 256, null, withIds: false, cancellationToken); // warms up code and caches
            var recordBytes = (int)(storage.EmbeddedJournal.Bytes / 100_000);
            var inFlight = new JsonObject();
            foreach (var (flight, events) in new[] { (1, 10_000L), (64, 300_000L), (1_000, 1_000_000L) })
                inFlight[$"{flight}"] = await FlightAsync(storage, new RawLoop(scratch["raw"]), recordBytes, flight, (long)(events * scale), log, cancellationToken);
            figures["in_flight"] = inFlight;
            figures["ratio_with_ids"] = await IdsAsync(storage, (long)(300_000 * scale), cancellationToken);
            figures["bytes_per_event_overhead"] = recordBytes - AppendWorkload.PayloadBytes;
            figures["allocated_bytes_per_event"] = await AllocatedAsync(storage, (long)(200_000 * scale), cancellationToken);
        }

        await GrowthAsync(scratch, (long)(Large * scale), figures, log, cancellationToken);
        if (await RocksDb.MeasureAsync(scratch["rocksdb"], log, cancellationToken) is { } rocksDb)
        {
            figures["rocksdb_events_per_s"] = Round(rocksDb, 0);
            figures["ratio_to_rocksdb"] = Round(figures["in_flight"]!["64"]!["events_per_s"]!.GetValue<double>() / rocksDb);
        }

        return figures;
    }

    private static async Task<JsonObject> FlightAsync(
        EmbeddedStorage storage, RawLoop raw, int recordBytes, int inFlight, long events, Action<string> log, CancellationToken cancellationToken)
    {
        using var latencies = new LatencyHistogram();
        var (rates, ratios) = (new List<double>(), new List<double>());
        events = Math.Max(inFlight * 10, events / inFlight * inFlight);
        for (var round = 0; round < Rounds; round++)
        {
            var bare = raw.Run(recordBytes, events, inFlight);
            var ours = events / await AppendWorkload.AppendAsync(storage.Journal, events, inFlight, latencies, withIds: false, cancellationToken);
            rates.Add(ours);
            ratios.Add(ours / bare);
            log($"{inFlight} in flight: {ours:N0} events/s, bare loop {bare:N0}, ratio {ours / bare:F2}");
        }

        return new JsonObject
        {
            ["events_per_s"] = Round(Median(rates), 0),
            ["ratio_to_raw"] = Round(Median(ratios)),
            ["p50_us"] = Round(latencies.Microseconds(0.5), 0),
            ["p99_us"] = Round(latencies.Microseconds(0.99), 0),
        };
    }

    /// <summary>The rate with an id of its own on each event over that without, at 1,000 in flight.</summary>
    private static async Task<double> IdsAsync(EmbeddedStorage storage, long events, CancellationToken cancellationToken)
    {
        var ratios = new List<double>();
        for (var round = -1; round < Rounds; round++)
        {
            var without = await AppendWorkload.AppendAsync(storage.Journal, events, 1_000, null, withIds: false, cancellationToken);
            var with = await AppendWorkload.AppendAsync(storage.Journal, events, 1_000, null, withIds: true, cancellationToken);
            if (round >= 0)
                ratios.Add(without / with);
        }

        return Round(Median(ratios));
    }

    private static async Task<double> AllocatedAsync(EmbeddedStorage storage, long events, CancellationToken cancellationToken)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await AppendWorkload.AppendAsync(storage.Journal, events, 64, null, withIds: false, cancellationToken);
        return Round((GC.GetTotalAllocatedBytes(precise: true) - before) / (double)events, 0);
    }

    private static async Task GrowthAsync(Scratch scratch, long large, JsonObject figures, Action<string> log, CancellationToken cancellationToken)
    {
        var open = new JsonObject();
        foreach (var (name, events) in new[] { ("small", Small), ("large", large) })
        {
            log($"filling a log with {events:N0} events");
            await using (var filling = await EmbeddedStorage.OpenAsync(scratch[name], cancellationToken: cancellationToken))
                await AppendWorkload.AppendAsync(filling.Journal, events, 1_000, null, withIds: false, cancellationToken);
            await KillWhileAppendingAsync(scratch[name], cancellationToken);
            var start = Stopwatch.GetTimestamp();
            await using var storage = await EmbeddedStorage.OpenAsync(scratch[name], cancellationToken: cancellationToken);
            open[$"{events}"] = Round(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 0);
            log($"opened {events:N0} events after a SIGKILL in {open[$"{events}"]} ms");
        }

        await using var smallStorage = await EmbeddedStorage.OpenAsync(scratch["small"], cancellationToken: cancellationToken);
        await using var largeStorage = await EmbeddedStorage.OpenAsync(scratch["large"], cancellationToken: cancellationToken);
        var (time, processor) = (new List<double>(), new List<double>());
        for (var pair = -2; pair < Pairs; pair++)
        {
            var (smallTime, smallProcessor) = await CostAsync(smallStorage, cancellationToken);
            var (largeTime, largeProcessor) = await CostAsync(largeStorage, cancellationToken);
            if (pair < 0)
                continue; // the first pairs load streams and ids
            time.Add(largeTime / smallTime);
            processor.Add(largeProcessor / smallProcessor);
        }

        figures["growth"] = Round(Median(time), 3);
        figures["growth_processor"] = Round(Median(processor), 3);
        figures["growth_from_to"] = new JsonArray(Small, large);
        figures["open_ms"] = open;
    }

    private static async Task<(double Seconds, double ProcessorSeconds)> CostAsync(EmbeddedStorage storage, CancellationToken cancellationToken)
    {
        var before = Environment.CpuUsage.TotalTime;
        var seconds = await AppendWorkload.AppendAsync(storage.Journal, 20_000, 64, null, withIds: false, cancellationToken);
        return (seconds, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
    }

    private static async Task KillWhileAppendingAsync(string path, CancellationToken cancellationToken)
    {
        using var child = Child.Start("append-child", path);
        await child.StandardOutput.ReadLineAsync(cancellationToken);
        child.Kill();
        await child.WaitForExitAsync(cancellationToken);
    }
}
