using System.Diagnostics;
using System.Text.Json.Nodes;
using static Orleans.Persist.Bench.Measuring.Statistics;

namespace Orleans.Persist.Bench.Measuring;

/// <summary>So many workers that each make one call after the other.</summary>
internal static class Load
{
    /// <summary>Makes calls, and returns the seconds it took.</summary>
    /// <param name="workers">How many calls are in flight.</param>
    /// <param name="count">How many are made.</param>
    /// <param name="latencies">Where the time of each is counted.</param>
    /// <param name="call">A call by a worker, and which it is.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<double> RunAsync(int workers, int count, LatencyHistogram? latencies, Func<int, int, ValueTask> call, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(() => WorkAsync(worker), cancellationToken)));
        return Stopwatch.GetElapsedTime(start).TotalSeconds;

        async Task WorkAsync(int worker)
        {
            for (var i = worker; i < count; i += workers)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var begun = Stopwatch.GetTimestamp();
                await call(worker, i);
                latencies?.Add((long)Stopwatch.GetElapsedTime(begun).TotalNanoseconds);
            }
        }
    }

    /// <summary>Some rounds: the median rate, and the latencies of all.</summary>
    public static async Task<JsonObject> MeasureAsync(
        int rounds, int workers, int count, Func<int, int, ValueTask> call, string name, Action<string> log, CancellationToken cancellationToken)
    {
        using var latencies = new LatencyHistogram();
        var rates = new List<double>();
        for (var round = 0; round < rounds; round++)
            rates.Add(count / await RunAsync(workers, count, latencies, call, cancellationToken));
        var figure = Figure(Median(rates), latencies);
        log($"{name}: {figure.ToJsonString()}");
        return figure;
    }

    public static JsonObject Figure(double rate, LatencyHistogram latencies) => new()
    {
        ["per_s"] = Round(rate, 0),
        ["p50_us"] = Round(latencies.Microseconds(0.5), 1),
        ["p99_us"] = Round(latencies.Microseconds(0.99), 1),
    };
}
