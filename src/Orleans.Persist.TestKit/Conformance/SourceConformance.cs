using System.Globalization;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Persist.Sources;
using Xunit;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>What the suites about sources have in common: an engine on the storage, and generated events.</summary>
/// <typeparam name="TFixture">The plug-in under test.</typeparam>
public abstract class SourceConformance<TFixture> : StorageConformance<TFixture>
    where TFixture : StorageFixture, new()
{
    /// <summary>When the generated events begin.</summary>
    protected static readonly DateTimeOffset Start = new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A started engine on the storage that is open now; the storage stays open when it is disposed of.</summary>
    protected async Task<PersistEngine> StartEngineAsync()
    {
        var engine = new PersistEngine(Storage, Clock);
        await engine.StartAsync(Limit);
        return engine;
    }

    /// <summary>An event of the kind that <see cref="PublishAsync"/> publishes: some without subject, tags or id, with times that run back and forth.</summary>
    protected static EventData Generated(int i) => Event($"payload {i} {new string('x', i * 7 % 97)}", type: i % 50 == 0 ? "rare" : $"type-{i % 4}") with
    {
        Id = i % 9 == 4 ? null : $"id-{i}",
        Subject = (i % 13, i % 3) switch
        {
            (5, _) => null,
            (_, 0) => string.Create(CultureInfo.InvariantCulture, $"order/{i % 17}/line/{i % 5}"),
            (_, 1) => string.Create(CultureInfo.InvariantCulture, $"device:{i % 7}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"größe {i % 23}"),
        },
        Tags = (i % 6) switch { 0 => [], 1 => ["hot", "hot"], 2 => ["hot", "cold"], _ => [$"tag-{i % 11}"] },
        Time = Start.AddMinutes((i * 37 % 400) - (i % 3 * 100)),
    };

    /// <summary>Publishes generated events in batches of 1 to 37, events of another source in between.</summary>
    protected async Task PublishAsync(IEventSource source, IEventSource other, int count)
    {
        for (int i = 0, size = 1; i < count; i += size, size = (size * 5 % 37) + 1)
        {
            Clock.Now = Start.AddSeconds(i);
            var batch = Enumerable.Range(i, Math.Min(size, count - i)).Select(Generated).ToArray();
            await source.PublishAsync(batch, cancellationToken: Limit);
            await other.PublishAsync(new[] { Generated(i) }, cancellationToken: Limit);
        }
    }

    /// <summary>The versions of events.</summary>
    protected async Task<List<long>> VersionsAsync(IAsyncEnumerable<RecordedEvent> events)
    {
        var versions = new List<long>();
        await foreach (var @event in events.WithCancellation(Limit))
            versions.Add(@event.Version);
        return versions;
    }

    /// <summary>Asserts that a query, streamed, returns what a plain selection from all events does.</summary>
    protected async Task AssertQueryAsync(IEventSource source, IReadOnlyList<RecordedEvent> all, EventQuery query)
    {
        var found = await VersionsAsync(source.QueryAsync(query, Limit));
        Assert.True(QueryCases.Expected(all, query).SequenceEqual(found), $"{QueryCases.Describe(query)} returned [{string.Join(' ', found)}]");
    }
}
