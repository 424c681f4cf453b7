using System.Diagnostics;
using Orleans.Persist.Bench.Measuring;
using Orleans.Persist.Embedded;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Persist.Sources;

namespace Orleans.Persist.Bench.Scenarios;

/// <summary>A source with the events of the query scenario, on the embedded storage.</summary>
internal sealed class QueryStore : IAsyncDisposable
{
    public const string Source = "orders";
    // Each segment has an index of its own: with larger ones there are fewer to look into.
    private const long SegmentBytes = 256L << 20;
    private const int FillBatch = 100;
    private const int FillInFlight = 16;
    private readonly EmbeddedStorage _storage;

    private QueryStore(EmbeddedStorage storage, PersistEngine engine, long events)
    {
        _storage = storage;
        Engine = engine;
        Events = events;
    }

    public PersistEngine Engine { get; }

    public EventSource Orders => Engine.GetSource(Source);

    public long Events { get; }

    public long Aggregates => Math.Max(1, Events / QueryData.PerAggregate);

    public long Bytes => _storage.EmbeddedJournal.Bytes;

    /// <summary>Opens a storage, and fills it.</summary>
    public static async Task<QueryStore> CreateAsync(string path, long events, CancellationToken cancellationToken)
    {
        var storage = await EmbeddedStorage.OpenAsync(path, new EmbeddedOptions { SegmentBytes = SegmentBytes }, cancellationToken: cancellationToken);
        var engine = new PersistEngine(storage);
        await engine.StartAsync(cancellationToken);
        var store = new QueryStore(storage, engine, events);
        var next = 0L;
        await Task.WhenAll(Enumerable.Range(0, FillInFlight).Select(_ => Task.Run(FillAsync, cancellationToken)));
        return store;

        async Task FillAsync()
        {
            while (Interlocked.Add(ref next, FillBatch) - FillBatch is var first && first < events)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var batch = new EventData[Math.Min(FillBatch, events - first)];
                for (var i = 0; i < batch.Length; i++)
                    batch[i] = QueryData.Event(first + i, store.Aggregates);
                await store.Orders.PublishAsync(batch, cancellationToken: cancellationToken);
            }
        }
    }

    /// <summary>Publishes single events that are not there yet, each awaited until durable, and returns how many a second.</summary>
    public async Task<double> PublishRateAsync(string name, string run, int inFlight, long events, bool ids, CancellationToken cancellationToken)
    {
        var source = Engine.GetSource(name);
        var next = 0L;
        await source.PublishAsync(new[] { QueryData.Event(0, Aggregates) with { Id = run } }, cancellationToken: cancellationToken); // the first one makes its source ready
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, inFlight).Select(_ => Task.Run(PublishAsync, cancellationToken)));
        return events / Stopwatch.GetElapsedTime(started).TotalSeconds;

        async Task PublishAsync()
        {
            var batch = new EventData[1];
            while (Interlocked.Increment(ref next) is var number && number <= events)
            {
                batch[0] = QueryData.Event(number, Aggregates) is var data && ids ? data with { Id = run + data.Id } : data with { Id = null };
                await source.PublishAsync(batch, cancellationToken: cancellationToken);
            }
        }
    }

    /// <summary>Reads one aggregate after the other, at random, and counts how long each takes.</summary>
    public async Task<LatencyHistogram> AggregatesAsync(int count, int seed, CancellationToken cancellationToken)
    {
        var latencies = new LatencyHistogram();
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            var subject = QueryData.Subject(random.NextInt64(Aggregates));
            var started = Stopwatch.GetTimestamp();
            var found = 0;
            await foreach (var @event in Orders.QueryAsync(new EventQuery { Subjects = [subject] }, cancellationToken))
            {
                if (IsWhole(@event))
                    found++;
            }

            latencies.Add((long)Stopwatch.GetElapsedTime(started).TotalNanoseconds);
            if (found != QueryData.PerAggregate)
                throw new InvalidOperationException($"{subject} has {found} events.");
        }

        return latencies;
    }

    /// <summary>The seconds that a query takes, and how many events it returns.</summary>
    public async Task<(double Seconds, long Events)> TimeAsync(EventQuery query, Func<RecordedEvent, bool>? filter, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var found = 0L;
        await foreach (var @event in Orders.QueryAsync(query, cancellationToken))
        {
            if (filter?.Invoke(@event) != false && IsWhole(@event))
                found++;
        }

        return (Stopwatch.GetElapsedTime(started).TotalSeconds, found);
    }

    /// <summary>Decodes what a reader would look at.</summary>
    private static bool IsWhole(RecordedEvent @event) =>
        @event.Version > 0 && @event.Type.Length > 0 && @event.Subject is { Length: > 0 } && @event.Data.Length > 0;

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        await _storage.DisposeAsync();
    }
}
