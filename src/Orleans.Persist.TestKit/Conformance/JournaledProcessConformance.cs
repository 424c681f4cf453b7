using Orleans.Persist.Journal;
using Orleans.Persist.Processes;
using Orleans.Persist.Serialization;
using Xunit;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>Message-journaled actors on the plug-in: stored by the framework, rebuilt the same.</summary>
/// <typeparam name="TFixture">The plug-in under test.</typeparam>
public abstract class JournaledProcessConformance<TFixture> : ProcessConformance<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    [Trait("Requirement", "m.1")]
    public async Task Every_message_is_stored_with_the_actors_id_its_arrival_time_and_its_serialized_form()
    {
        await using var host = await StartAsync();
        Clock.Now += TimeSpan.FromTicks(12_345);
        Assert.Equal(1, await TellAsync(host, "a", new("one")));
        Clock.Now += TimeSpan.FromSeconds(1);
        Assert.Equal(2, await TellAsync(host, "a", new("two")));

        var stored = await ReadAsync("actor/a");
        Assert.Equal(["conformance.message", "conformance.message"], stored.Select(e => e.Type));
        Assert.Equal([Clock.Now - TimeSpan.FromSeconds(1), Clock.Now], stored.Select(e => e.Time));
        Assert.All(stored, e => Assert.Equal("actor/a", e.Stream));
        var messages = await ListAsync(host.ReadAsync<ConformanceMessage>(Actor("a"), cancellationToken: Limit));
        Assert.Equal(["one", "two"], messages.Select(m => m.Event.Text));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [Trait("Requirement", "m.2")]
    [Trait("Requirement", "m.3")]
    [Trait("Requirement", "m.4")]
    public async Task After_a_restart_the_state_equals_the_state_before_times_numbers_and_guids_included(int snapshotEvery)
    {
        var options = new KernelOptions<ConformanceLog, ConformanceMessage> { Snapshots = new SnapshotPolicy { EveryEvents = snapshotEvery } };
        var host = await StartAsync(actors: options);
        for (var i = 0; i < 10; i++)
        {
            Clock.Now += TimeSpan.FromTicks(7_654_321);
            await TellAsync(host, "a", new($"{i}") { Draws = i % 4, Stamp = true });
        }

        var before = (await StoredAsync(host, "a")).Texts;
        Assert.Equal(before.Distinct().Count(), before.Count);
        host = await CrashAsync(host, () => StartAsync(actors: options));
        Clock.Now += TimeSpan.FromDays(3);
        Assert.Equal(before.Count + 1, await TellAsync(host, "a", new("last")));
        Assert.Equal([.. before, "last"], (await StoredAsync(host, "a")).Texts);
        Assert.Null(await host.CheckReplayAsync(Actor("a"), Limit));
        await host.StopAsync(Limit);
        await ReopenAsync();
        await using var again = await StartAsync(actors: options);
        Assert.Equal(before.Count + 2, await TellAsync(again, "a", new("stopped and started")));
    }

    [Fact]
    [Trait("Requirement", "m.3")]
    public async Task The_time_is_the_arrival_time_live_and_rebuilt_and_the_provided_clock_shows_it()
    {
        await using var host = await StartAsync();
        var arrival = Clock.Now;
        await TellAsync(host, "a", new("one") { Stamp = true });
        Clock.Now += TimeSpan.FromHours(1);
        var stamp = (await StoredAsync(host, "a")).Texts[1].Split(' ');
        Assert.Equal([$"{arrival:O}", $"{arrival:O}"], stamp[..2]);
    }

    [Fact]
    [Trait("Requirement", "m.4")]
    public async Task Each_actor_and_each_message_has_its_own_numbers()
    {
        await using var host = await StartAsync();
        foreach (var actor in new[] { "a", "b" })
        {
            await TellAsync(host, actor, new("same") { Draws = 3 });
            await TellAsync(host, actor, new("same") { Draws = 3 });
        }

        var drawn = (await StoredAsync(host, "a")).Texts.Concat((await StoredAsync(host, "b")).Texts).Where(t => t != "same").ToArray();
        Assert.Equal(12, drawn.Distinct().Count());
    }

    [Fact]
    [Trait("Requirement", "m.9")]
    public async Task A_handler_that_throws_stores_nothing_and_the_state_is_as_before()
    {
        await using var host = await StartAsync();
        await TellAsync(host, "a", new("one"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => TellAsync(host, "a", new("two") { Throw = true, Tell = ["b"] }));
        Assert.Equal(2, await TellAsync(host, "a", new("three")));
        Assert.Equal(["one", "three"], (await StoredAsync(host, "a")).Texts);
        Assert.Equal([1L, 2L], await VersionsAsync("actor/a"));
        Assert.Equal(0, (await Journal.GetHeadAsync("actor/b", Limit)).Version);
    }

    [Fact]
    [Trait("Requirement", "m.9")]
    public async Task A_handler_that_is_not_deterministic_is_found_and_actor_and_message_are_named()
    {
        var host = await StartAsync();
        await TellAsync(host, "a", new("one") { Draws = 1 });
        await TellAsync(host, "a", new("two") { Draws = 1 });
        await TellAsync(host, "a", new("three") { Draws = 1 });
        var differ = (ConformanceActor actor, ConformanceMessage message) =>
        {
            if (message.Text == "two")
                actor.Dice.Next();
        };
        host = await CrashAsync(host, () => StartAsync(differ: differ));

        var found = Assert.IsType<ReplayDivergedException>(await host.CheckReplayAsync(Actor("a"), Limit));
        Assert.Equal(("actor/a", 2L, "conformance.message"), (found.Stream, found.Version, found.MessageType));
        var live = await Assert.ThrowsAsync<ReplayDivergedException>(() => TellAsync(host, "a", new("four")));
        Assert.Equal(2, live.Version);
        await host.StopAsync(Limit);
    }

    [Fact]
    [Trait("Requirement", "m.9")]
    [Trait("Requirement", "m.5")]
    public async Task A_handler_that_sends_something_else_in_the_rebuild_is_found()
    {
        var host = await StartAsync();
        await TellAsync(host, "a", new("one") { Tell = ["b"] });
        await HandledAsync(host, "b", 1);
        var calls = 0;
        host = await CrashAsync(host, () => StartAsync(differ: (actor, message) =>
        {
            if (actor.Id.Key == "a")
                message.Tell[0] = $"c{calls++}";
        }));
        Assert.IsType<ReplayDivergedException>(await host.CheckReplayAsync(Actor("a"), Limit));
        await host.StopAsync(Limit);
    }

    [Fact]
    [Trait("Requirement", "m.2")]
    [Trait("Requirement", "p.12")]
    public async Task Messages_are_tagged_and_an_old_one_is_migrated_before_it_is_handled_again()
    {
        await AppendAsync("actor/a", new EventData { Type = "old", Time = Clock.Now, Data = "{\"text\":\"zero\"}"u8.ToArray() });
        var options = new KernelOptions<ConformanceLog, ConformanceMessage>
        {
            Events = EventTypes<ConformanceMessage>.Create(types => types
                .Add<ConformanceMessage>()
                .AddOld<ConformanceNote>("old", 1, (old, _) => [new ConformanceMessage(old.Text)])
                .Tag<ConformanceMessage>(m => [$"length-{m.Text.Length}"])),
        };
        var host = await StartAsync(actors: options);
        Assert.Equal(2, await TellAsync(host, "a", new("one")));
        Assert.Equal(["length-3"], (await ReadAsync("actor/a"))[1].Tags);
        host = await CrashAsync(host, () => StartAsync(actors: options));
        Assert.Equal(3, await TellAsync(host, "a", new("two")));
        Assert.Equal(["zero", "one", "two"], (await StoredAsync(host, "a")).Texts);
        await host.StopAsync(Limit);
    }

    [Fact]
    [Trait("Requirement", "m.2")]
    [Trait("Requirement", "p.12")]
    public async Task What_an_adapter_makes_of_a_message_is_what_is_handled_live_and_rebuilt()
    {
        var options = new KernelOptions<ConformanceLog, ConformanceMessage>
        {
            Events = EventTypes<ConformanceMessage>.Create(types => types.Add<ConformanceMessage>().Transform<ConformanceMessage>(m => m with { Text = m.Text + "+", Draws = 2 })),
        };
        var host = await StartAsync(actors: options);
        await TellAsync(host, "a", new("one"));
        host = await CrashAsync(host, () => StartAsync(actors: options));
        Assert.Equal(6, await TellAsync(host, "a", new("two")));
        Assert.Null(await host.CheckReplayAsync(Actor("a"), Limit));
        Assert.Equal(["one+", "two+"], (await ListAsync(host.ReadAsync<ConformanceMessage>(Actor("a"), cancellationToken: Limit))).Select(m => m.Event.Text));
        await host.StopAsync(Limit);
    }

    [Fact]
    [Trait("Requirement", "m.2")]
    public async Task A_snapshot_that_a_handler_asks_for_is_taken_when_its_message_is_stored()
    {
        var host = await StartAsync();
        await TellAsync(host, "a", new("one"));
        await TellAsync(host, "a", new("two") { Save = true });
        while (!await AnySnapshotAsync())
            await Task.Yield();
        host = await CrashAsync(host);
        Assert.Equal(3, await TellAsync(host, "a", new("three")));
        var stored = await StoredAsync(host, "a");
        Assert.Equal(["one", "two", "three"], stored.Texts);
        Assert.Equal(2, stored.Snapshot);
        Assert.Null(await host.CheckReplayAsync(Actor("a"), Limit));
        await host.StopAsync(Limit);
    }

    [Fact]
    [Trait("Requirement", "m.5")]
    public async Task Sends_flow_live_are_dropped_in_the_rebuild_and_flow_again_after_it()
    {
        var host = await StartAsync();
        await TellAsync(host, "a", new("one") { Tell = ["b", "c"] });
        Assert.Equal(["a: one"], await HandledAsync(host, "b", 1));
        Assert.Equal(["a: one"], await HandledAsync(host, "c", 1));
        for (var i = 0; i < 3; i++)
            host = await CrashAsync(host);
        await TellAsync(host, "a", new("two") { Tell = ["b"] });
        Assert.Equal(["a: one", "a: two"], await HandledAsync(host, "b", 2));
        await host.StopAsync(Limit);
        Assert.Equal([1L, 2L], await VersionsAsync("actor/b"));
        Assert.Equal([1L], await VersionsAsync("actor/c"));
    }

    [Fact]
    [Trait("Requirement", "m.5")]
    public async Task What_was_sent_and_not_acknowledged_goes_again_after_a_restart_without_anybody_asking()
    {
        // The sender's messages are stored as they would be by a host that died before it delivered them.
        var host = await StartAsync();
        var held = Limit;
        await TellAsync(host, "a", new("one"));
        await host.AbortAsync();
        await ReopenAsync();
        host = await StartAsync();
        await TellAsync(host, "a", new("two") { Tell = ["b"] });
        await host.AbortAsync(); // before, while or after "b" has it

        await ReopenAsync();
        await using var again = await StartAsync();
        Assert.Equal(["a: two"], await HandledAsync(again, "b", 1));
        await again.StopAsync(held);
        Assert.Equal([1L], await VersionsAsync("actor/b"));
    }

    private async Task<bool> AnySnapshotAsync()
    {
        Limit.ThrowIfCancellationRequested();
        return (await ListAsync(Snapshots.ListOwnersAsync("actor/", Limit))).Count > 0;
    }
}
