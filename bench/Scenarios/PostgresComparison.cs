using System.Text.Json.Nodes;
using Orleans.Persist.Bench.Measuring;
using static Orleans.Persist.Bench.Measuring.Statistics;

namespace Orleans.Persist.Bench.Scenarios;

/// <summary>The query scenario's figures from PostgreSQL with the same events in the same run: its prepared statements, over its own socket and over TCP on loopback.</summary>
internal static class PostgresComparison
{
    private const int Rounds = 3;

    /// <summary>Measures, or returns null where PostgreSQL is not installed.</summary>
    public static async Task<JsonObject?> MeasureAsync(string directory, QueryStore ours, double scale, Action<string> log, CancellationToken cancellationToken)
    {
        await using var server = await PostgresServer.StartAsync(directory, log, cancellationToken);
        if (server is null)
            return null;
        log($"PostgreSQL: filling a table with {ours.Events:N0} events");
        var theirs = new PostgresEvents(server, ours.Events, ours.Aggregates);
        await theirs.FillAsync(cancellationToken);
        var figures = new JsonObject();
        foreach (var (name, tcp) in new[] { ("socket", false), ("tcp", true) })
        {
            var count = Math.Max(200, (int)(5_000 * scale));
            (await theirs.AggregatesAsync(tcp, 2 * count, 1, cancellationToken)).Dispose();
            var (p50, p99, type, publish) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
            var states = await theirs.StatesAsync(tcp, 8, cancellationToken);
            for (var round = 0; round < Rounds; round++)
            {
                using var latencies = await theirs.AggregatesAsync(tcp, count, round + 2, cancellationToken);
                p50.Add(latencies.Microseconds(0.5));
                p99.Add(latencies.Microseconds(0.99));
                type.Add(await theirs.TypeAsync(tcp, cancellationToken));
                publish.Add(await theirs.PublishRateAsync(tcp, 64, (long)(20_000 * scale) + 64, cancellationToken));
            }

            log($"PostgreSQL ({name}): one aggregate p50 {Median(p50):F0} µs, p99 {Median(p99):F0} µs; type {Median(type):N0} events/s; publish {Median(publish):N0} events/s");
            figures[name] = new JsonObject
            {
                ["aggregate_p50_us"] = Round(Median(p50), 0),
                ["aggregate_p99_us"] = Round(Median(p99), 0),
                ["type_events_per_s"] = Round(Median(type), 0),
                ["state_ms"] = Round(Median(states)),
                ["publish_events_per_s"] = Round(Median(publish), 0),
            };
        }

        return figures;
    }
}
