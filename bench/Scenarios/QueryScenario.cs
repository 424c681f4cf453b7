using System.Diagnostics;
using System.Text.Json.Nodes;
using Orleans.Persist.Bench.Measuring;
using Orleans.Persist.Projections;
using Orleans.Persist.Sources;
using static Orleans.Persist.Bench.Measuring.Statistics;

namespace Orleans.Persist.Bench.Scenarios;

/// <summary>The system state store on the embedded storage: publishing, one aggregate, one type, and states as of a moment.</summary>
internal sealed class QueryScenario : IScenario
{
    private const long Small = 50_000;
    private const long Large = 5_000_000;
    private const int Rounds = 5;
    public const int SnapshotEvery = 10_000;

    public string Name => "query";

    public string Description => "5,000,000 events of 200,000 aggregates: publish rate, one aggregate, one type of 100 against a full scan, state as of a moment; against PostgreSQL where it is installed.";

    public async Task<JsonObject> RunAsync(double scale, Action<string> log, CancellationToken cancellationToken)
    {
        using var scratch = new Scratch();
        var large = Math.Max(QueryData.PerAggregate, (long)(Large * scale) / QueryData.PerAggregate * QueryData.PerAggregate);
        var small = Math.Min(Small, large);
        log($"filling logs with {small:N0} and {large:N0} events");
        await using var smallStore = await QueryStore.CreateAsync(scratch["small"], small, cancellationToken);
        var started = Stopwatch.GetTimestamp();
        await using var store = await QueryStore.CreateAsync(scratch["large"], large, cancellationToken);
        var figures = new JsonObject
        {
            ["scenario"] = Name,
            ["events"] = large,
            ["aggregates"] = store.Aggregates,
            ["log_bytes"] = store.Bytes,
            ["fill_events_per_s"] = Round(large / Stopwatch.GetElapsedTime(started).TotalSeconds, 0),
        };
        await AggregateAsync(smallStore, store, scale, figures, log, cancellationToken);
        await TypeAsync(store, figures, log, cancellationToken);
        await StateAsync(store, figures, log, cancellationToken);
        figures["http"] = await QueryHttp.MeasureAsync(store, scale, log, cancellationToken);
        if (await PostgresComparison.MeasureAsync(scratch["postgres"], store, scale, log, cancellationToken) is { } postgres)
        {
            await PublishAsync(store, scale, figures, log, cancellationToken); // adds events, so after everything else
            figures["postgres"] = postgres;
            figures["ratio_to_postgres"] = Ratios(figures, postgres["socket"]!.AsObject());
            figures["http_ratio_to_postgres_tcp"] = HttpRatios(figures["http"]!.AsObject(), postgres["tcp"]!.AsObject());
        }
        else
        {
            await PublishAsync(store, scale, figures, log, cancellationToken);
        }

        return figures;
    }

    /// <summary>Ours in process over its prepared statements on its own socket; above 1 is better for us.</summary>
    private static JsonObject Ratios(JsonObject ours, JsonObject theirs) => new()
    {
        ["aggregate_p50"] = Round(Value(theirs, "aggregate_p50_us") / Value(ours["aggregate"]!, "p50_us")),
        ["aggregate_p99"] = Round(Value(theirs, "aggregate_p99_us") / Value(ours["aggregate"]!, "p99_us")),
        ["type"] = Round(Value(ours["type"]!, "events_per_s") / Value(theirs, "type_events_per_s")),
        ["publish"] = Round(Value(ours["publish"]!, "in_process_events_per_s") / Value(theirs, "publish_events_per_s")),
        ["state"] = Round(Value(theirs, "state_ms") / Value(ours["state"]!, "with_snapshots_ms")),
        ["state_without_snapshots"] = Round(Value(theirs, "state_ms") / Value(ours["state"]!, "without_snapshots_ms")),
    };

    /// <summary>Our HTTP over its protocol, both over TCP on loopback; above 1 is better for us.</summary>
    private static JsonObject HttpRatios(JsonObject ours, JsonObject theirs) => new()
    {
        ["aggregate_p50"] = Round(Value(theirs, "aggregate_p50_us") / Value(ours, "aggregate_p50_us")),
        ["aggregate_p99"] = Round(Value(theirs, "aggregate_p99_us") / Value(ours, "aggregate_p99_us")),
        ["type"] = Round(Value(ours, "type_events_per_s") / Value(theirs, "type_events_per_s")),
        ["publish"] = Round(Value(ours, "publish_events_per_s") / Value(theirs, "publish_events_per_s")),
        ["state"] = Round(Value(theirs, "state_ms") / Value(ours, "state_ms")),
    };

    private static double Value(JsonNode figures, string name) => figures[name]!.GetValue<double>();

    /// <summary>One aggregate of 25 events: how long, and how that grows with the log.</summary>
    private static async Task AggregateAsync(QueryStore small, QueryStore large, double scale, JsonObject figures, Action<string> log, CancellationToken cancellationToken)
    {
        var count = Math.Max(200, (int)(5_000 * scale));
        (await small.AggregatesAsync(count, 1, cancellationToken)).Dispose();
        (await large.AggregatesAsync(2 * count, 1, cancellationToken)).Dispose(); // warms up code, caches and what the indexes are made of
        var (p50, p99, growth) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            using var few = await small.AggregatesAsync(count, round + 2, cancellationToken);
            using var many = await large.AggregatesAsync(count, round + 2, cancellationToken);
            p50.Add(many.Microseconds(0.5));
            p99.Add(many.Microseconds(0.99));
            growth.Add(many.Microseconds(0.5) / few.Microseconds(0.5));
            log($"one aggregate: p50 {p50[^1]:F0} µs, p99 {p99[^1]:F0} µs; with {small.Events:N0} events p50 {few.Microseconds(0.5):F0} µs");
        }

        figures["aggregate"] = new JsonObject
        {
            ["p50_us"] = Round(Median(p50), 0),
            ["p99_us"] = Round(Median(p99), 0),
            ["growth_p50"] = Round(Median(growth)),
            ["growth_from_to"] = new JsonArray(small.Events, large.Events),
        };
    }

    /// <summary>One type of 100, by the query and by reading everything.</summary>
    private static async Task TypeAsync(QueryStore store, JsonObject figures, Action<string> log, CancellationToken cancellationToken)
    {
        var (rates, scans, ratios) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = -1; round < Rounds; round++)
        {
            var scan = await store.TimeAsync(new EventQuery(), e => e.Type == QueryData.RareType, cancellationToken);
            var query = await store.TimeAsync(new EventQuery { Types = [QueryData.RareType] }, null, cancellationToken);
            if (scan.Events != query.Events)
                throw new InvalidOperationException($"The query found {query.Events} events, the scan {scan.Events}.");
            if (round < 0)
                continue;
            rates.Add(query.Events / query.Seconds);
            scans.Add(store.Events / scan.Seconds);
            ratios.Add(scan.Seconds / query.Seconds);
            log($"one type of 100: {query.Events:N0} events in {query.Seconds * 1000:F0} ms; full scan {scan.Seconds * 1000:F0} ms, ratio {ratios[^1]:F1}");
        }

        figures["type"] = new JsonObject
        {
            ["events_per_s"] = Round(Median(rates), 0),
            ["scan_events_per_s"] = Round(Median(scans), 0),
            ["ratio_to_scan"] = Round(Median(ratios), 1),
        };
    }

    /// <summary>Single events, 64 in flight: to a source without a history, with ids and without, and to the one with all events, against which each id is compared.</summary>
    private static async Task PublishAsync(QueryStore store, double scale, JsonObject figures, Action<string> log, CancellationToken cancellationToken)
    {
        var count = (long)(200_000 * scale) + 64;
        var (empty, full, plain) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            empty.Add(await store.PublishRateAsync($"published-{round}", $"run{round}-", 64, count, ids: true, cancellationToken));
            full.Add(await store.PublishRateAsync(QueryStore.Source, $"run{round}-", 64, count, ids: true, cancellationToken));
            plain.Add(await store.PublishRateAsync($"plain-{round}", $"run{round}-", 64, count, ids: false, cancellationToken));
        }

        log($"publish in process: {Median(empty):N0} events/s, {Median(full):N0} to a source with {store.Events:N0} events, {Median(plain):N0} without ids");
        figures["publish"] = new JsonObject
        {
            ["in_process_events_per_s"] = Round(Median(empty), 0),
            ["with_history_events_per_s"] = Round(Median(full), 0),
            ["ratio_with_history"] = Round(Median(full) / Median(empty)),
            ["ratio_with_ids"] = Round(Median(empty) / Median(plain)),
        };
    }

    /// <summary>The state of a projection over the whole source, as of random moments.</summary>
    private static async Task StateAsync(QueryStore store, JsonObject figures, Action<string> log, CancellationToken cancellationToken)
    {
        var (plain, stored) = (new OrdersPerType(0), new OrdersPerType(SnapshotEvery));
        var states = store.Engine.States;
        await states.ReadAsync(store.Orders, stored, cancellationToken: cancellationToken); // takes the snapshots
        var random = new Random(1);
        var (with, without) = (new List<double>(), new List<double>());
        for (var i = 0; i < 40; i++)
        {
            var version = random.NextInt64(1, store.Events + 1);
            StateRequest asOf;
            await using (var at = store.Orders.QueryAsync(new EventQuery { FromVersion = version, Limit = 1 }, cancellationToken).GetAsyncEnumerator(cancellationToken))
                asOf = await at.MoveNextAsync() ? new StateRequest { Recorded = at.Current.Recorded } : throw new InvalidOperationException($"There is no version {version}.");
            var started = Stopwatch.GetTimestamp();
            var fast = await states.ReadAsync(store.Orders, stored, asOf, cancellationToken);
            with.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            if (i % 8 != 0)
                continue;
            started = Stopwatch.GetTimestamp();
            var slow = await states.ReadAsync(store.Orders, plain, asOf, cancellationToken);
            without.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            if (fast.Version != slow.Version || fast.Events != slow.Events || !fast.State.OrderBy(p => p.Key).SequenceEqual(slow.State.OrderBy(p => p.Key)))
                throw new InvalidOperationException($"The state as of {asOf.Recorded:O} differs with and without snapshots.");
        }

        log($"state as of a moment: {Median(with):F1} ms with snapshots, {Median(without):F0} ms without");
        figures["state"] = new JsonObject { ["with_snapshots_ms"] = Round(Median(with)), ["without_snapshots_ms"] = Round(Median(without)), ["snapshot_every"] = SnapshotEvery };
    }
}
