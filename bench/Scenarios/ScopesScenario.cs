using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Persist.Bench.Measuring;
using Orleans.Persist.Bench.Wire;
using Orleans.Persist.Embedded;
using Orleans.Persist.Scopes;
using Orleans.Persist.Web.Grpc;
using static Orleans.Persist.Bench.Measuring.Statistics;

namespace Orleans.Persist.Bench.Scenarios;

/// <summary>The scoped store: durable saves and loads in process and over gRPC, beside Redis over its own protocol; memory and expiry of a million keys.</summary>
internal sealed class ScopesScenario : IScenario
{
    public const int ValueBytes = 100;
    private const int Keys = 100_000;
    private const int Connections = 64;
    private const int Rounds = 3;
    private static readonly TimeSpan TimeToLive = TimeSpan.FromHours(1);
    private static readonly byte[] Value = [.. Enumerable.Range(0, ValueBytes).Select(i => (byte)(i * 31))];
    private static readonly ScopedLocation[] Locations = [.. Enumerable.Range(0, Keys).Select(i => Scope.Bridge("bench").Key(KeyOf(i)))];

    public string Name => "scopes";

    public string Description => "The scoped store: durable saves and loads in process and over gRPC (64 connections), Redis in the same run where it is installed, 1,000,000 keys in memory and their expiry.";

    public static string KeyOf(int i) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"key-{i:D8}");

    public async Task<JsonObject> RunAsync(double scale, Action<string> log, CancellationToken cancellationToken)
    {
        using var scratch = new Scratch();
        var figures = new JsonObject { ["scenario"] = Name, ["value_bytes"] = ValueBytes };
        await using (var storage = await EmbeddedStorage.OpenAsync(scratch["store"], cancellationToken: cancellationToken))
        await using (var store = await ScopedStore.OpenAsync(storage.Journal, new ScopedStoreOptions { MaxTotalBytes = 8L << 30 }, cancellationToken: cancellationToken))
        await using (var server = new GrpcServer(["http://127.0.0.1:0"], store, null, null, NullLoggerFactory.Instance))
        {
            await server.StartAsync(cancellationToken);
            var port = new Uri(server.Addresses.Single()).Port;
            await InProcessAsync(store, figures, scale, log, cancellationToken);
            await using var redis = await RedisServer.StartAsync(scratch["redis"], cancellationToken);
            await OverTheWireAsync(port, redis, figures, scale, log, cancellationToken);
            await server.StopAsync(cancellationToken);
        }

        figures["million"] = await ScopesMillion.MeasureAsync(scratch["million"], (int)(1_000_000 * scale), log, cancellationToken);
        return figures;
    }

    private static async Task InProcessAsync(ScopedStore store, JsonObject figures, double scale, Action<string> log, CancellationToken cancellationToken)
    {
        await Load.RunAsync(Connections, (int)(50_000 * scale), null, SaveAsync, cancellationToken); // warms up
        var saves = new JsonObject();
        foreach (var (inFlight, count) in new[] { (1, 20_000), (Connections, 300_000), (1_000, 600_000) })
            saves[$"{inFlight}"] = await Load.MeasureAsync(Rounds, inFlight, (int)(count * scale), SaveAsync, $"saves in process, {inFlight} in flight", log, cancellationToken);
        figures["in_process"] = new JsonObject
        {
            ["saves"] = saves,
            ["loads"] = await Load.MeasureAsync(Rounds, 2, (int)(2_000_000 * scale), LoadAsync, "loads in process, 2 threads", log, cancellationToken),
        };

        ValueTask SaveAsync(int worker, int i) => store.SaveAsync(Locations[i % Keys], Value, TimeToLive, CancellationToken.None);

        async ValueTask LoadAsync(int worker, int i)
        {
            if ((await store.TryLoadAsync(Locations[i % Keys], CancellationToken.None)).Outcome is not LoadOutcome.Found && scale >= 1)
                throw new InvalidOperationException($"Nothing is at {Locations[i % Keys]}.");
        }
    }

    /// <summary>The same requests by the same kind of client, a socket for each connection and one request at a time; in turn, so that both see the same machine.</summary>
    private static async Task OverTheWireAsync(int grpcPort, RedisServer? server, JsonObject figures, double scale, Action<string> log, CancellationToken cancellationToken)
    {
        var grpc = await Open(() => GrpcConnection.OpenAsync(grpcPort, KeyOf, Value, TimeToLive, cancellationToken));
        var redis = server?.Port is { } port ? await Open(() => RedisConnection.OpenAsync(port, KeyOf, Value, TimeToLive, cancellationToken)) : null;
        try
        {
            var saved = Math.Min(Keys, (int)(60_000 * scale)); // what both have
            foreach (var (name, saves, count) in new[] { ("saves", true, (int)(60_000 * scale)), ("loads", false, (int)(120_000 * scale)) })
            {
                var (ours, theirs) = (new List<double>(), new List<double>());
                var (oursProcessor, theirsProcessor) = (TimeSpan.Zero, TimeSpan.Zero);
                using var oursLatency = new LatencyHistogram();
                using var theirsLatency = new LatencyHistogram();
                for (var round = -1; round < Rounds; round++)
                {
                    var measured = round >= 0; // the first one warms up
                    var processor = ProcessorTime();
                    Add(ours, await Load.RunAsync(Connections, count, measured ? oursLatency : null, Call(grpc, saves, saved), cancellationToken));
                    oursProcessor += measured ? ProcessorTime() - processor : default;
                    processor = ProcessorTime();
                    if (redis is not null)
                        Add(theirs, await Load.RunAsync(Connections, count, measured ? theirsLatency : null, Call(redis, saves, saved), cancellationToken));
                    theirsProcessor += measured ? ProcessorTime() - processor : default;

                    void Add(List<double> rates, double seconds)
                    {
                        if (measured)
                            rates.Add(count / seconds);
                    }
                }

                Note("grpc", ours, oursLatency, oursProcessor);
                if (redis is not null)
                    Note("redis", theirs, theirsLatency, theirsProcessor);

                void Note(string who, List<double> rates, LatencyHistogram latency, TimeSpan processor)
                {
                    var figure = Load.Figure(Median(rates), latency);
                    figure["processor_us"] = Round(processor.TotalMicroseconds / ((double)Rounds * count), 1); // of client and server together
                    log($"{who} {name}: {figure.ToJsonString()}");
                    if (figures[who] is null)
                        figures[who] = new JsonObject { ["connections"] = Connections };
                    figures[who]![name] = figure;
                }
            }
        }
        finally
        {
            foreach (var connection in grpc.Concat(redis ?? []))
                await connection.DisposeAsync();
        }

        TimeSpan ProcessorTime() => Environment.CpuUsage.TotalTime + (server?.ProcessorTime ?? default);

        static async Task<IKeyConnection[]> Open(Func<Task<IKeyConnection>> open) => await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => open()));

        static Func<int, int, ValueTask> Call(IKeyConnection[] connections, bool saves, int keys) =>
            (worker, i) => saves ? connections[worker].SaveAsync(i % keys) : connections[worker].LoadAsync(i % keys);
    }
}
