using Orleans.Persist.Journal;
using Orleans.Persist.Sources;
using Orleans.Runtime;
using static Orleans.Persist.Tests.Sources.SourceCluster;

namespace Orleans.Persist.Tests.Sources;

[Collection(SourceClusterCollection.Name)]
public sealed class EventSinkGrainTests(SourceCluster cluster)
{
    [Fact]
    [Trait("Requirement", "g.2.1")]
    [Trait("Requirement", "g.2.0")]
    [Trait("Requirement", "g.0.2")]
    [Trait("Requirement", "g.3.0")]
    public async Task A_sink_grain_exports_as_it_deactivates_imports_as_it_activates_and_is_replayed_only_the_rest()
    {
        var source = await cluster.SourceAsync();
        var sink = cluster.Sink(source);
        await sink.Get().WaitAsync(Patience);
        await source.PublishAsync(Events(100));
        await sink.GetAt(100).WaitAsync(Patience);

        await source.ExportAsync("counter").AsTask().WaitAsync(Patience); // with nothing left to do the source leaves it in peace: a question on its way would have it active again

        await cluster.Cluster.DeactivateAsync(sink).WaitAsync(Patience);
        var offline = await cluster.StatusAsync(source);
        Assert.Equal((false, 100, 2), (offline.Online, offline.ExportedVersion, offline.Exports));

        await cluster.Storage.Journal.AppendAsync(source.Name, ExpectedVersion.Any, Events(20, 101)); // unseen by the source: nobody wakes the sink
        var state = await sink.GetAt(120).WaitAsync(Patience);
        Assert.Equal(100, await sink.Imported().WaitAsync(Patience));
        await source.PublishAsync(Events(10, 121));
        state = await sink.GetAt(130).WaitAsync(Patience);

        Assert.Equal(Enumerable.Range(1, 130).Select(i => (long)i), state.Versions);
        Assert.Equal(Enumerable.Range(1, 130).Select(i => $"id-{i}"), state.Ids);
        Assert.Equal(20, (await cluster.StatusAsync(source)).Replayed);
    }

    [Fact]
    [Trait("Requirement", "g.0.0.a")]
    public async Task After_so_many_events_every_sink_exports()
    {
        var source = await cluster.SourceAsync(o => o.ExportEvery = 50);
        await cluster.Sink(source, "a").Get().WaitAsync(Patience);
        await cluster.Sink(source, "b").Get().WaitAsync(Patience);

        await source.PublishAsync(Events(49));
        await cluster.Sink(source, "a").GetAt(49).WaitAsync(Patience);
        await cluster.Sink(source, "b").GetAt(49).WaitAsync(Patience);
        Assert.All(await source.GetSinksAsync(), s => Assert.Equal(0, s.Exports));
        await source.PublishAsync(Events(1, 50));
        await cluster.NotedAsync(source, "ExportSucceeded", 2);

        Assert.All(await source.GetSinksAsync(), s => Assert.Equal((50, 1), (s.ExportedVersion, s.Exports)));
    }

    [Fact]
    [Trait("Requirement", "g.0.0.b")]
    [Trait("Requirement", "o.4")]
    public async Task When_the_interval_has_passed_the_source_has_its_sinks_export()
    {
        var source = await cluster.SourceAsync(o => o.ExportInterval = TimeSpan.FromMilliseconds(100));
        await cluster.Sink(source, "a").Get().WaitAsync(Patience);
        await cluster.Sink(source, "b").Get().WaitAsync(Patience);

        await source.PublishAsync(Events(7));
        await cluster.NotedAsync(source, "ExportSucceeded", 2);

        Assert.Equal(2, (await source.GetSinksAsync()).Count);
    }

    [Fact]
    public async Task Events_are_applied_in_turns_of_the_grain_so_none_while_a_call_runs()
    {
        var source = await cluster.SourceAsync();
        var sink = cluster.Sink(source);
        await sink.Get().WaitAsync(Patience);
        var holding = sink.Hold();
        await sink.Held().WaitAsync(Patience);
        await source.PublishAsync(Events(10));
        var status = await cluster.StatusAsync(source); // answered in between
        Assert.Equal((true, 10), (status.Online, status.Behind));

        await sink.Release().WaitAsync(Patience);

        Assert.Equal(0, await holding.WaitAsync(Patience));
        Assert.Equal(10, (await sink.GetAt(10).WaitAsync(Patience)).Versions.Count);
    }

    [Fact]
    [Trait("Requirement", "g.1.1")]
    public async Task An_export_that_is_asked_for_is_made_between_two_events_and_holds_up_no_call()
    {
        var source = await cluster.SourceAsync();
        var sink = cluster.Sink(source);
        await sink.Get().WaitAsync(Patience);
        await source.PublishAsync(Events(10));
        await sink.GetAt(10).WaitAsync(Patience);

        var holding = sink.Hold();
        await sink.Held().WaitAsync(Patience);
        var export = source.ExportAsync("counter").AsTask();
        Assert.Equal(0, (await cluster.StatusAsync(source)).Exports);
        Assert.False(export.IsCompleted);
        await sink.Release().WaitAsync(Patience);
        await holding.WaitAsync(Patience);
        await export.WaitAsync(Patience);

        Assert.Equal((1, 10), ((await cluster.StatusAsync(source)).Exports, (await cluster.StatusAsync(source)).ExportedVersion));
        await Assert.ThrowsAsync<InvalidOperationException>(() => source.ExportAsync("nobody").AsTask().WaitAsync(Patience));
    }

    [Fact]
    public async Task A_sink_that_its_source_has_woken_by_an_event_goes_on_where_it_was()
    {
        var source = await cluster.SourceAsync();
        var sink = cluster.Sink(source);
        await sink.Get().WaitAsync(Patience);
        await source.PublishAsync(Events(5));
        await sink.GetAt(5).WaitAsync(Patience);
        await cluster.Cluster.DeactivateAsync(sink).WaitAsync(Patience);

        await source.PublishAsync(Events(5, 6));
        await cluster.NotedAsync(source, "SinkRegistered", 2);

        Assert.Equal(Enumerable.Range(1, 10).Select(i => (long)i), (await sink.GetAt(10).WaitAsync(Patience)).Versions);
    }

    [Fact]
    public async Task A_sink_that_throws_stops_others_go_on_and_its_next_activation_tries_again()
    {
        var source = await cluster.SourceAsync();
        var (bad, good) = (cluster.Sink(source, "bad"), cluster.Sink(source, "good"));
        await good.Get().WaitAsync(Patience);
        await bad.Get().WaitAsync(Patience);
        await source.PublishAsync(Events(1, 1, "Poison"));
        await cluster.NotedAsync(source, "SinkStopped", 2);

        Assert.Contains("poison", (await cluster.StatusAsync(source, "bad")).LastError, StringComparison.Ordinal);
        Assert.False((await cluster.StatusAsync(source, "bad")).Online);
    }

    [Fact]
    public async Task A_forgotten_sink_begins_anew()
    {
        var source = await cluster.SourceAsync();
        var sink = cluster.Sink(source);
        await sink.Get().WaitAsync(Patience);
        await source.PublishAsync(Events(5));
        await sink.GetAt(5).WaitAsync(Patience);
        await source.ExportAsync();

        await cluster.SourceGrain(source).ForgetSink("counter", CancellationToken.None).WaitAsync(Patience);
        Assert.Empty(await source.GetSinksAsync());
        await cluster.Cluster.WaitForDeactivationAsync(sink).WaitAsync(Patience);

        Assert.Equal(5, (await sink.GetAt(5).WaitAsync(Patience)).Versions.Count);
        Assert.Equal(0, await sink.Imported().WaitAsync(Patience));
    }

    [Fact]
    public async Task Sinks_that_the_silos_are_configured_with_run_once_in_the_cluster()
    {
        var source = await cluster.Client.GetSourceAsync(ConfiguredSource);
        var before = (await source.GetHeadAsync()).Version;
        await source.PublishAsync(new[] { new EventData { Type = "Happened" }, new EventData { Type = "Happened" } });
        await cluster.Cluster.Client.GetGrain<ICountingGrain>(ConfiguredSource + "|from-the-start").GetAt(before + 2).WaitAsync(Patience);
        await source.ExportAsync();

        var sinks = await source.GetSinksAsync();
        Assert.Equal(["from-the-start", "plain"], sinks.Select(s => s.Name));
        Assert.All(sinks, s => Assert.True(s.Online, s.LastError));
    }

    [Fact]
    [Trait("Requirement", "g.3.1")]
    public async Task A_volatile_source_gives_a_new_sink_exactly_what_it_holds()
    {
        var source = await cluster.SourceAsync(o => o.VolatileCapacity = 10);
        await source.PublishAsync(Events(25));
        var sink = cluster.Sink(source);

        var state = await sink.GetAt(25).WaitAsync(Patience);
        Assert.Equal(Enumerable.Range(16, 10).Select(i => (long)i), state.Versions);
        await source.PublishAsync(Events(1, 26));
        state = await sink.GetAt(26).WaitAsync(Patience);

        Assert.Equal(26, state.Versions[^1]);
        Assert.False((await cluster.Storage.Journal.GetHeadAsync(source.Name)).Exists);
        Assert.Equal(10, await source.ReadAsync(ReadRequest.All).CountAsync());
    }

    [Fact]
    public async Task A_sink_of_a_volatile_source_whose_grain_is_gone_begins_with_its_next_run_and_keeps_its_state()
    {
        var source = await cluster.SourceAsync(o => o.VolatileCapacity = 10);
        var sink = cluster.Sink(source);
        await sink.Get().WaitAsync(Patience);
        await source.PublishAsync(Events(3));
        await sink.GetAt(3).WaitAsync(Patience);
        await source.ExportAsync();

        await cluster.Cluster.DeactivateAsync(cluster.SourceGrain(source)).WaitAsync(Patience);
        await source.PublishAsync(Events(2, 4));
        await cluster.NotedAsync(source, "SinkRegistered", 2);

        var state = await sink.GetAt(2).WaitAsync(Patience);
        Assert.Equal(["id-1", "id-2", "id-3"], state.Ids.Take(3));
    }
}
