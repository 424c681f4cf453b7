using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Orleans.Persist.Bench.Measuring;
using Orleans.Persist.Embedded;
using Orleans.Persist.Hosting;
using Orleans.Persist.Sources;

namespace Orleans.Persist.Bench.Scenarios;

/// <summary>A cold process that replays the log to a sink, in turn with the bare loop, and prints what it measured.</summary>
internal static class ReplayChild
{
    private const int Rounds = 5;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var (path, decode) = (arguments[0], bool.Parse(arguments[1]));
        var events = long.Parse(arguments[2], CultureInfo.InvariantCulture);
        var (rates, ratios) = (new List<double>(), new List<double>());
        double? peak = null;
        for (var round = -1; round < Rounds; round++)
        {
            double ours;
            using (var memory = new AnonymousMemory())
            {
                ours = await ReplayAsync(path, decode, events);
                peak = round < 0 ? memory.PeakMegabytes : Math.Max(peak ?? 0, memory.PeakMegabytes ?? 0);
            }

            var bare = BareScan.Run(Path.Combine(path, "journal"), decode);
            Console.Error.WriteLine($"{(decode ? "decoded" : "undecoded")}: {ours:N0} events/s, bare loop {bare:N0}, ratio {ours / bare:F2}");
            if (round < 0)
                continue; // the first pair warms up code and the file cache
            rates.Add(ours);
            ratios.Add(ours / bare);
        }

        Console.WriteLine(new JsonObject
        {
            ["events_per_s"] = Measuring.Statistics.Round(Measuring.Statistics.Median(rates), 0),
            ["ratio"] = Measuring.Statistics.Round(Measuring.Statistics.Median(ratios)),
            ["peak_anonymous_mb"] = peak,
        }.ToJsonString());
        return 0;
    }

    private static async Task<double> ReplayAsync(string path, bool decode, long events)
    {
        await using var storage = await EmbeddedStorage.OpenAsync(path);
        await using var engine = new PersistEngine(storage);
        var sink = new ReplaySink(decode, events);
        engine.AddSource(ReplayScenario.Source, new EventSourceOptions { ExportEvery = 0, ExportInterval = TimeSpan.Zero });
        engine.AddSink(ReplayScenario.Source, sink);
        var start = Stopwatch.GetTimestamp();
        await engine.StartAsync();
        await sink.Done;
        var rate = events / Stopwatch.GetElapsedTime(start).TotalSeconds;
        await engine.AbortAsync(); // no export on stop: the next round replays from the begin
        return rate;
    }
}
