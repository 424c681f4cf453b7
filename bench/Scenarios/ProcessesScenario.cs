using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Orleans.Persist.Bench.Measuring;
using Orleans.Persist.Embedded;
using Orleans.Persist.Journal;
using Orleans.Persist.Processes;
using static Orleans.Persist.Bench.Measuring.Statistics;

namespace Orleans.Persist.Bench.Scenarios;

/// <summary>Live processes: calls awaited until durable against plain appends, what a passivated process costs, and how long an activation takes among a million.</summary>
internal sealed class ProcessesScenario : IScenario
{
    private const int Actors = 1_000;
    private const int Rounds = 7;
    private const int Activations = 2_000;
    private static readonly SnapshotPolicy NoSnapshots = SnapshotPolicy.Never with { OnPassivation = false };

    public string Name => "processes";

    public string Description => "1,000 journaled actors with calls awaited until durable, against appends of the same events; 1,000,000 passivated ones; the activation of one of them.";

    public async Task<JsonObject> RunAsync(double scale, Action<string> log, CancellationToken cancellationToken)
    {
        using var scratch = new Scratch();
        var figures = new JsonObject { ["scenario"] = Name };
        await LiveAsync(scratch["live"], (long)(1_000_000 * scale), figures, log, cancellationToken);
        await PassivatedAsync(scratch["many"], (int)(1_000_000 * scale), figures, log, cancellationToken);
        return figures;
    }

    private static async Task LiveAsync(string path, long messages, JsonObject figures, Action<string> log, CancellationToken cancellationToken)
    {
        await using var storage = await EmbeddedStorage.OpenAsync(path, cancellationToken: cancellationToken);
        await using var host = new ProcessHost(storage, [Strategy.Definition(NoSnapshots)]);
        using var latencies = new LatencyHistogram();
        var (rates, ratios) = (new List<double>(), new List<double>());
        for (var round = -2; round < Rounds; round++)
        {
            var plain = messages / await AppendAsync(storage.Journal, messages, cancellationToken);
            var live = messages / await CallAsync(host, messages, round < 0 ? null : latencies, cancellationToken);
            if (round < 0)
                continue; // warms up code, actors and streams
            rates.Add(live);
            ratios.Add(live / plain);
            log($"{live:N0} calls/s, plain appends {plain:N0}/s, ratio {live / plain:F2}");
        }

        figures["messages_per_s"] = Round(Median(rates), 0);
        figures["ratio_to_append"] = Round(Median(ratios));
        figures["p50_us"] = Round(latencies.Microseconds(0.5), 0);
        figures["p99_us"] = Round(latencies.Microseconds(0.99), 0);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await CallAsync(host, messages / 5, null, cancellationToken);
        figures["allocated_bytes_per_message"] = Round((GC.GetTotalAllocatedBytes(precise: true) - before) / (messages / 5.0), 0);
    }

    private static async Task<double> CallAsync(ProcessHost host, long messages, LatencyHistogram? latencies, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Actors).Select(actor => Task.Run(() => FeedAsync(actor), cancellationToken)));
        return Stopwatch.GetElapsedTime(start).TotalSeconds;

        async Task FeedAsync(int actor)
        {
            var process = host.Get(Strategy.Kind, RebuildLog.Key(actor));
            for (var i = 0; i < messages / Actors; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var sent = Stopwatch.GetTimestamp();
                await process.CallAsync(RebuildLog.Tick(actor, i), CancellationToken.None);
                latencies?.Add((long)Stopwatch.GetElapsedTime(sent).TotalNanoseconds);
            }
        }
    }

    private static async Task<double> AppendAsync(IJournal journal, long messages, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Actors).Select(actor => Task.Run(() => FeedAsync(actor), cancellationToken)));
        return Stopwatch.GetElapsedTime(start).TotalSeconds;

        async Task FeedAsync(int actor)
        {
            var batch = new[] { new EventData { Type = "tick", Data = new byte[TickCodec.Length], Time = DateTimeOffset.UnixEpoch } };
            var stream = $"plain/{RebuildLog.Key(actor)}";
            for (var i = 0; i < messages / Actors; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await journal.AppendAsync(stream, ExpectedVersion.Any, batch, producer: null, CancellationToken.None);
            }
        }
    }

    private static async Task PassivatedAsync(string path, int processes, JsonObject figures, Action<string> log, CancellationToken cancellationToken)
    {
        await using var storage = await EmbeddedStorage.OpenAsync(path, cancellationToken: cancellationToken);
        var options = new ProcessOptions<StrategyState, Tick> { Kernel = new() { Events = Strategy.Messages, Snapshots = NoSnapshots }, IdleAfter = TimeSpan.FromSeconds(1) };
        await using var host = new ProcessHost(storage, [ProcessDefinition.Journaled<Strategy, StrategyState, Tick>(Strategy.Kind, static () => new Strategy(), options)]);
        await host.StartAsync(cancellationToken);
        await TouchAsync(host, 0, Math.Min(100_000, processes / 10), cancellationToken); // the caches fill up to their bounds
        await PassivateAsync(host, cancellationToken);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        log($"touching {processes:N0} processes");
        await TouchAsync(host, 0, processes, cancellationToken);
        await PassivateAsync(host, cancellationToken);
        figures["bytes_per_passivated_process"] = Round((GC.GetTotalMemory(forceFullCollection: true) - before) / (double)processes, 1);
        using var latencies = new LatencyHistogram();
        var random = new Random(1);
        for (var i = 0; i < Activations; i++)
        {
            var id = new ProcessId(Strategy.Kind, Key(random.Next(processes)));
            var start = Stopwatch.GetTimestamp();
            var state = await host.GetActiveStateAsync<StrategyState>(id, cancellationToken);
            if (i >= Activations / 10)
                latencies.Add((long)Stopwatch.GetElapsedTime(start).TotalNanoseconds);
            if (state.Version == 0)
                throw new InvalidOperationException($"{id} was not there.");
        }

        figures["processes"] = processes;
        figures["activation_us"] = Round(latencies.Microseconds(0.5), 0);
        figures["activation_p99_us"] = Round(latencies.Microseconds(0.99), 0);
    }

    private static async Task TouchAsync(ProcessHost host, int from, int to, CancellationToken cancellationToken)
    {
        var next = from - 1;
        await Task.WhenAll(Enumerable.Range(0, Actors).Select(_ => Task.Run(WorkAsync, cancellationToken)));

        async Task WorkAsync()
        {
            while (Interlocked.Increment(ref next) is var number && number < to)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await host.Get(Strategy.Kind, Key(number)).CallAsync(RebuildLog.Tick(number, 0), CancellationToken.None);
            }
        }
    }

    private static async Task PassivateAsync(ProcessHost host, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        while (host.ActiveCount > 0)
            await Task.Delay(100, limit.Token);
    }

    private static string Key(int number) => number.ToString("D7", CultureInfo.InvariantCulture);
}
