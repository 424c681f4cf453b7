using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Persist.Bench.Measuring;
using Orleans.Persist.Projections;
using Orleans.Persist.Sources;
using Orleans.Persist.Web;
using static Orleans.Persist.Bench.Measuring.Statistics;

namespace Orleans.Persist.Bench.Scenarios;

/// <summary>The query scenario's figures over HTTP: Kestrel and its client in one process, over TCP on loopback.</summary>
internal static class QueryHttp
{
    private const int Rounds = 3;
    private const int BatchSize = 100;

    public static async Task<JsonObject> MeasureAsync(QueryStore store, double scale, Action<string> log, CancellationToken cancellationToken)
    {
        await using var app = Build(store);
        await app.StartAsync(cancellationToken);
        var server = new Uri(app.Urls.Single());
        var count = Math.Max(200, (int)(5_000 * scale));
        (await AggregatesAsync(server, store, 2 * count, 1, cancellationToken)).Dispose();
        var (p50, p99, type, publish, batches) = (new List<double>(), new List<double>(), new List<double>(), new List<double>(), new List<double>());
        var states = await StatesAsync(server, store, cancellationToken);
        for (var round = 0; round < Rounds; round++)
        {
            using var latencies = await AggregatesAsync(server, store, count, round + 2, cancellationToken);
            p50.Add(latencies.Microseconds(0.5));
            p99.Add(latencies.Microseconds(0.99));
            type.Add(await TypeAsync(server, cancellationToken));
            publish.Add(await PublishAsync(server, store, 64, 1, (long)(100_000 * scale) + 64, $"single{round}", cancellationToken));
            batches.Add(await PublishAsync(server, store, 8, BatchSize, (long)(1_000_000 * scale) + 800, $"batch{round}", cancellationToken));
        }

        log($"HTTP: one aggregate p50 {Median(p50):F0} µs, p99 {Median(p99):F0} µs; type {Median(type):N0} events/s; publish {Median(publish):N0} events/s one by one, {Median(batches):N0} in batches of {BatchSize}");
        await app.StopAsync(cancellationToken);
        return new JsonObject
        {
            ["aggregate_p50_us"] = Round(Median(p50), 0),
            ["aggregate_p99_us"] = Round(Median(p99), 0),
            ["type_events_per_s"] = Round(Median(type), 0),
            ["state_ms"] = Round(Median(states)),
            ["publish_events_per_s"] = Round(Median(publish), 0),
            ["publish_batches_events_per_s"] = Round(Median(batches), 0),
        };
    }

    private static WebApplication Build(QueryStore store)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        builder.Services.AddRouting();
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.None));
        builder.Services.AddSingleton<IPersistEngine>(store.Engine);
        builder.Services.AddSingleton(store.Engine.States);
        builder.Services.AddSingleton<Projection>(new OrdersPerType(QueryScenario.SnapshotEvery));
        builder.Services.AddPersistWeb();
        var app = builder.Build();
        app.UsePersistWeb();
        app.MapPersistWeb();
        return app;
    }

    private static async Task<LatencyHistogram> AggregatesAsync(Uri server, QueryStore store, int count, int seed, CancellationToken cancellationToken)
    {
        var latencies = new LatencyHistogram();
        var random = new Random(seed);
        using var connection = await HttpConnection.OpenAsync(server, cancellationToken);
        for (var i = 0; i < count; i++)
        {
            var subject = QueryData.Subject(random.NextInt64(store.Aggregates));
            var started = Stopwatch.GetTimestamp();
            var answer = await connection.GetAsync($"/sources/{QueryStore.Source}/events?subject={subject}", "application/x-ndjson", cancellationToken);
            var found = answer.Span.Count((byte)'\n');
            latencies.Add((long)Stopwatch.GetElapsedTime(started).TotalNanoseconds);
            if (found != QueryData.PerAggregate)
                throw new InvalidOperationException($"{subject} has {found} events over HTTP.");
        }

        return latencies;
    }

    /// <summary>The events a second of the rare type, streamed.</summary>
    private static async Task<double> TypeAsync(Uri server, CancellationToken cancellationToken)
    {
        using var connection = await HttpConnection.OpenAsync(server, cancellationToken);
        var started = Stopwatch.GetTimestamp();
        var answer = await connection.GetAsync($"/sources/{QueryStore.Source}/events?type={QueryData.RareType}", "application/x-ndjson", cancellationToken);
        return answer.Span.Count((byte)'\n') / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>The milliseconds for states as of random versions; the snapshots are there already.</summary>
    private static async Task<List<double>> StatesAsync(Uri server, QueryStore store, CancellationToken cancellationToken)
    {
        using var connection = await HttpConnection.OpenAsync(server, cancellationToken);
        var (random, times) = (new Random(1), new List<double>());
        for (var i = 0; i < 40; i++)
        {
            var version = random.NextInt64(1, store.Events + 1);
            var started = Stopwatch.GetTimestamp();
            var answer = await connection.GetAsync($"/sources/{QueryStore.Source}/state/orders-per-type?at={version}", "application/json", cancellationToken);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            var counted = JsonNode.Parse(answer.Span)!["state"]!.AsObject().Sum(type => type.Value!.GetValue<long>());
            if (counted != version)
                throw new InvalidOperationException($"The state as of version {version} counts {counted} events over HTTP.");
        }

        return times;
    }

    /// <summary>Publishes over so many connections, each request awaited until it is answered, and returns how many events a second.</summary>
    private static async Task<double> PublishAsync(
        Uri server, QueryStore store, int connections, int batch, long events, string source, CancellationToken cancellationToken)
    {
        var next = 0L;
        var open = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => HttpConnection.OpenAsync(server, cancellationToken)));
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(open.Select(connection => Task.Run(() => PublishAllAsync(connection), cancellationToken)));
        var rate = events / Stopwatch.GetElapsedTime(started).TotalSeconds;
        foreach (var connection in open)
            connection.Dispose();
        return rate;

        async Task PublishAllAsync(HttpConnection connection)
        {
            var body = new StringBuilder();
            while (Interlocked.Add(ref next, batch) - batch is var first && first < events)
            {
                body.Clear().Append('[');
                for (var number = first; number < first + batch; number++)
                    Append(body, number, store.Aggregates);
                body[^1] = ']';
                await connection.PostAsync($"/sources/{source}/events", "application/cloudevents-batch+json", body.ToString(), cancellationToken);
            }
        }
    }

    private static void Append(StringBuilder body, long number, long aggregates)
    {
        var @event = QueryData.Event(number, aggregates);
        body.Append(
            CultureInfo.InvariantCulture,
            $$"""{"specversion":"1.0","id":"{{@event.Id}}","source":"bench","type":"{{@event.Type}}","subject":"{{@event.Subject}}","time":"{{@event.Time:O}}","datacontenttype":"application/json","data":{{Encoding.UTF8.GetString(@event.Data.Span)}}},""");
    }
}
