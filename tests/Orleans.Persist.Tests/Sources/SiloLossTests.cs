using Orleans.Persist.Journal;
using Orleans.Persist.Sources;
using static Orleans.Persist.Tests.Sources.SourceCluster;

namespace Orleans.Persist.Tests.Sources;

[Collection(SourceClusterCollection.Name)]
public sealed class SiloLossTests(SourceCluster cluster)
{
    [Fact]
    [Trait("Requirement", "o.4")]
    [Trait("Requirement", "o.8")]
    [Trait("Requirement", "g.3.0")]
    public async Task When_a_sinks_silo_dies_its_next_activation_imports_and_is_replayed_what_the_export_does_not_cover()
    {
        var (first, second) = (cluster.Cluster.Silos[0], cluster.Cluster.Silos[1]);
        var source = await cluster.SourceAsync();
        var sink = cluster.Sink(source);
        await cluster.PlaceAsync(() => cluster.SourceGrain(source).GetHead(), first);
        await cluster.PlaceAsync(sink.Get, second);
        Assert.Equal(second.SiloAddress.ToString(), await sink.Silo().WaitAsync(Patience));
        Assert.Equal(first.SiloAddress, cluster.SiloOf(source).SiloAddress);
        await source.PublishAsync(Events(60));
        await AtAsync(sink, 60);
        await source.ExportAsync();
        await source.PublishAsync(Events(15, 61));
        await AtAsync(sink, 75);

        await cluster.KillAsync(second);
        await source.PublishAsync(Events(5, 76));
        await cluster.NotedAsync(source, "SinkRegistered", 2); // its source had it activated: nobody has called it

        var state = await AtAsync(sink, 80);
        Assert.Equal(Enumerable.Range(1, 80).Select(i => (long)i), state.Versions);
        Assert.Equal(60, await sink.Imported().WaitAsync(Patience));
        Assert.NotEqual(second.SiloAddress.ToString(), await sink.Silo().WaitAsync(Patience));
    }

    [Fact]
    [Trait("Requirement", "o.4")]
    [Trait("Requirement", "o.8")]
    public async Task When_a_sources_silo_dies_its_next_activation_knows_its_sinks_and_their_positions_and_what_was_acknowledged()
    {
        var (first, second) = (cluster.Cluster.Silos[0], cluster.Cluster.Silos[1]);
        var source = await cluster.SourceAsync();
        var sink = cluster.Sink(source);
        await cluster.PlaceAsync(() => cluster.SourceGrain(source).GetHead(), second);
        await cluster.PlaceAsync(sink.Get, first);
        await source.PublishAsync(Events(40));
        await AtAsync(sink, 40);
        await source.ExportAsync();
        var before = await cluster.StatusAsync(source);

        await cluster.KillAsync(second);
        var again = await source.PublishAsync(Events(40)); // the publisher, who may not have had its answer
        var result = await source.PublishAsync(Events(10, 41));

        Assert.Equal((true, 40), (again.Duplicate, again.LastVersion));
        Assert.Equal(50, result.LastVersion);
        Assert.NotEqual(second.SiloAddress, cluster.SiloOf(source).SiloAddress);
        var state = await AtAsync(sink, 50);
        Assert.Equal(Enumerable.Range(1, 50).Select(i => (long)i), state.Versions);
        var after = await cluster.StatusAsync(source);
        Assert.Equal((true, before.ExportNumber, before.ExportedVersion), (after.Online, after.ExportNumber, after.ExportedVersion));
        Assert.Equal(0, await sink.Imported().WaitAsync(Patience)); // it was never interrupted
    }

    [Fact]
    [Trait("Requirement", "o.4")]
    [Trait("Requirement", "o.8")]
    public async Task Silos_die_while_events_are_published_and_every_acknowledged_event_reaches_every_sink_once_and_in_order()
    {
        const int Count = 600;
        var source = await cluster.SourceAsync(o => o.ExportEvery = 50);
        var sinks = Enumerable.Range(0, 4).Select(i => cluster.Sink(source, $"sink-{i}")).ToList();
        foreach (var sink in sinks)
            await sink.Get().WaitAsync(Patience);
        var killAt = new Queue<int>([150, 350]);

        var publishing = Task.Run(async () =>
        {
            for (var i = 1; i <= Count; i++)
                await source.PublishAsync(Events(1, i));
        });
        while (killAt.TryDequeue(out var at))
        {
            using var timeout = new CancellationTokenSource(Patience * 2);
            await using var reached = source.SubscribeAsync(at, cancellationToken: timeout.Token).GetAsyncEnumerator(timeout.Token);
            Assert.True(await reached.MoveNextAsync());
            await cluster.KillAsync(cluster.Cluster.Silos[at % 2]);
        }

        await publishing.WaitAsync(Patience * 2);
        foreach (var sink in sinks)
        {
            var state = await AtAsync(sink, Count);
            Assert.Equal(Enumerable.Range(1, Count).Select(i => (long)i), state.Versions);
            Assert.Equal(Enumerable.Range(1, Count).Select(i => $"id-{i}"), state.Ids);
        }

        Assert.Equal(Count, (await source.GetHeadAsync()).Version);
    }

    [Fact]
    [Trait("Requirement", "g.0.2")]
    [Trait("Requirement", "o.4")]
    public async Task A_silo_that_is_stopped_in_order_has_its_sinks_export_first()
    {
        var silo = await cluster.Cluster.StartAdditionalSiloAsync().WaitAsync(Patience);
        var source = await cluster.SourceAsync();
        var sink = cluster.Sink(source);
        await cluster.PlaceAsync(() => cluster.SourceGrain(source).GetHead(), silo); // the source goes with it
        await cluster.PlaceAsync(sink.Get, silo);
        await source.PublishAsync(Events(30));
        await AtAsync(sink, 30);

        await cluster.Cluster.StopSiloAsync(silo).WaitAsync(Patience);

        var status = await cluster.StatusAsync(source);
        Assert.Equal((30, 1, 0), (status.ExportedVersion, status.Exports, status.FailedExports));
        Assert.Equal(30, (await AtAsync(sink, 30)).Versions.Count);
        Assert.Equal(30, await sink.Imported().WaitAsync(Patience));
    }
}
