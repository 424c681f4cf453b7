using Orleans.Persist.Hosting;
using Orleans.Persist.Sources;
using Xunit;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>Sinks on the plug-in: export, close, open again, import, replay.</summary>
/// <typeparam name="TFixture">The plug-in under test.</typeparam>
public abstract class EventSinkConformance<TFixture> : StorageConformance<TFixture>
    where TFixture : StorageFixture, new()
{
    private const string SourceName = "gateway";

    [Fact]
    [Trait("Requirement", "g.2.0")]
    [Trait("Requirement", "g.2.1")]
    [Trait("Requirement", "g.4.0")]
    public async Task A_sink_stores_its_state_on_stop_and_imports_it_on_start()
    {
        var (a, b) = (new ConformanceSink("a"), new ConformanceSink("b"));
        await using (var engine = await StartAsync(Storage, a, b))
        {
            await PublishAsync(engine, 1, 100);
            await Task.WhenAll(a.ReachedAsync(100, Limit), b.ReachedAsync(100, Limit));
            await engine.StopAsync(Limit);
            Assert.All(await engine.GetSource(SourceName).GetSinksAsync(Limit), s => Assert.Equal((false, 100), (s.Online, s.ExportedVersion)));
        }

        await ReopenAsync();
        var (a2, b2) = (new ConformanceSink("a"), new ConformanceSink("b"));
        await using var again = await StartAsync(Storage, a2, b2);

        Assert.All([a2, b2], sink =>
        {
            Assert.Equal((100, 100, 0), (sink.Imported, sink.ImportedCount, sink.Given));
            Assert.Equal(Payloads(1, 100), sink.Applied);
        });
        Assert.All(await again.GetSource(SourceName).GetSinksAsync(Limit), s => Assert.Equal((true, 100, 0), (s.Online, s.Version, s.Replayed)));
    }

    [Fact]
    [Trait("Requirement", "g.3.0")]
    public async Task After_a_crash_exactly_the_events_after_the_last_good_export_are_replayed_in_order_and_live_ones_follow()
    {
        var crashed = new ConformanceSink("a");
        var engine = await StartAsync(Storage, crashed);
        await PublishAsync(engine, 1, 50);
        await crashed.ReachedAsync(50, Limit);
        await engine.GetSource(SourceName).ExportAsync(cancellationToken: Limit);
        await PublishAsync(engine, 51, 80);
        await crashed.ReachedAsync(80, Limit);
        await engine.AbortAsync();

        await ReopenAsync();
        var sink = new ConformanceSink("a");
        await using var again = await StartAsync(Storage, sink);
        await PublishAsync(again, 81, 90);
        await sink.ReachedAsync(90, Limit);

        Assert.Equal((50, 40), (sink.Imported, sink.Given));
        Assert.Equal(Payloads(1, 90), sink.Applied);
        Assert.Equal(30, Assert.Single(await again.GetSource(SourceName).GetSinksAsync(Limit)).Replayed);
    }

    [Fact]
    [Trait("Requirement", "g.3.0")]
    public async Task There_is_no_seam_between_history_and_live_events_while_others_publish()
    {
        await using var engine = await StartAsync(Storage);
        await PublishAsync(engine, 1, 1000);
        var publisher = Task.Run(async () =>
        {
            for (var i = 1001; i <= 3000; i += 10)
                await PublishAsync(engine, i, i + 9);
        });
        var sinks = Enumerable.Range(0, 4).Select(i => new ConformanceSink($"s{i}")).ToArray();
        foreach (var sink in sinks)
            await engine.GetSource(SourceName).StartSinkAsync(sink, Limit);

        await publisher.WaitAsync(Limit);
        await Task.WhenAll(sinks.Select(s => s.ReachedAsync(3000, Limit)));

        Assert.All(sinks, s => Assert.Equal(Payloads(1, 3000), s.Applied));
    }

    [Fact]
    [Trait("Requirement", "g.6.0")]
    public async Task However_many_exports_were_made_the_latest_is_imported()
    {
        await ExportOneByOneAsync(20);
        await ReopenAsync();

        var sink = new ConformanceSink("a");
        await using var again = await StartAsync(Storage, sink);

        Assert.Equal((20, 20), (sink.Imported, sink.ImportedCount));
    }

    [Fact]
    [Trait("Requirement", "g.6.1")]
    public async Task An_export_that_cannot_be_read_is_passed_over_for_the_one_before_and_so_on_and_the_events_since_are_replayed()
    {
        await ExportOneByOneAsync(5);
        await ReopenAsync();

        for (var damaged = 1; damaged < Snapshots.Keep; damaged++)
        {
            var sink = new ConformanceSink("a");
            var again = await StartAsync(await DamagedStorage.NewestAsync(Storage, damaged, Limit), sink);
            await sink.ReachedAsync(5, Limit);

            Assert.Equal((5 - damaged, damaged), (sink.Imported, sink.Given));
            Assert.Equal(Payloads(1, 5), sink.Applied);
            await again.AbortAsync();
        }
    }

    /// <summary>As many events and exports of a sink "a", one by one, and then a crash.</summary>
    private async Task ExportOneByOneAsync(int count)
    {
        var sink = new ConformanceSink("a");
        var engine = await StartAsync(Storage, sink);
        for (var i = 1; i <= count; i++)
        {
            await PublishAsync(engine, i, i);
            await sink.ReachedAsync(i, Limit);
            await engine.GetSource(SourceName).ExportAsync(cancellationToken: Limit);
        }

        await engine.AbortAsync();
    }

    /// <summary>An engine that exports only when asked to.</summary>
    private async Task<PersistEngine> StartAsync(IStorage storage, params IReadOnlyList<ConformanceSink> sinks)
    {
        var engine = new PersistEngine(storage, Clock);
        engine.AddSource(SourceName, new EventSourceOptions { ExportEvery = 0, ExportInterval = TimeSpan.Zero });
        foreach (var sink in sinks)
            engine.AddSink(SourceName, sink);
        await engine.StartAsync(Limit);
        Assert.Empty(engine.Problems);
        return engine;
    }

    private async Task PublishAsync(PersistEngine engine, int first, int last) =>
        await engine.GetSource(SourceName).PublishAsync(Events(first, last - first + 1), cancellationToken: Limit);

    private static IEnumerable<string> Payloads(int first, int last) => Enumerable.Range(first, last - first + 1).Select(i => $"e{i}");
}
