using Orleans.Persist.Processes;
using Orleans.Persist.TestKit.Conformance;
using static Orleans.Persist.Core.Tests.Processes.ProcessWorld;

namespace Orleans.Persist.Core.Tests.Processes;

public sealed class TimerTests
{
    [Fact]
    [Trait("Requirement", "m.1")]
    [Trait("Requirement", "m.2")]
    public async Task A_journaled_timer_survives_a_restart_and_its_message_is_stored_like_any_other()
    {
        await using var world = new ProcessWorld();
        var host = await world.StartAsync();
        await TellAsync(host, "a", new("one") { Alarm = 60 });
        await host.AbortAsync();
        host = await world.StartAsync(); // nobody calls the actor: the list of those to wake does
        world.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(1, (await world.Storage.Memory.GetHeadAsync("actor/a")).Version);
        await world.ReachedAsync("actor/a", 2);
        Assert.Equal(["one", "one!"], await world.StoredAsync("actor/a"));
        await host.StopAsync().WaitAsync(Patience);

        host = await world.StartAsync(); // it was for once
        world.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(3, await TellAsync(host, "a", new("two")));
        Assert.Null(await host.CheckReplayAsync(Actor("a")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Requirement", "m.2")]
    public async Task A_periodic_timer_goes_on_after_a_restart_and_what_was_missed_meanwhile_fires_once(bool snapshot)
    {
        await using var world = new ProcessWorld();
        var host = await world.StartAsync();
        await TellAsync(host, "a", new("one") { Alarm = 10, Period = 10 });
        for (var i = 1; i <= 3; i++)
        {
            world.Time.Advance(TimeSpan.FromSeconds(10));
            Assert.Equal(1 + i, await VersionAsync());
        }

        if (snapshot)
            await host.StopAsync().WaitAsync(Patience);
        else
            await host.AbortAsync();
        world.Time.Advance(TimeSpan.FromHours(5));
        host = await world.StartAsync();
        Assert.Equal(4, await VersionAsync()); // recovered, and its timer due at once
        world.Time.Advance(TimeSpan.Zero);
        Assert.Equal(5, await VersionAsync());
        Assert.Equal(6, await TellAsync(host, "a", new("look")));
        world.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(7, await VersionAsync());
        Assert.Equal(8, await TellAsync(host, "a", new("look")));
        Assert.Null(await host.CheckReplayAsync(Actor("a")));

        // A look comes behind what the clock has put into the mailbox.
        async Task<long> VersionAsync() => (await host.GetActiveStateAsync<ConformanceLog>(Actor("a")).WaitAsync(Patience)).Version;
    }

    [Fact]
    [Trait("Requirement", "m.9")]
    public async Task A_timer_whose_handler_throws_is_tried_again_less_and_less_often_and_stores_nothing()
    {
        var times = new List<DateTimeOffset>();
        await using var world = new ProcessWorld();
        world.Differ = (_, message) =>
        {
            if (message.Throw)
                times.Add(world.Time.GetUtcNow());
        };
        var host = await world.StartAsync();
        await TellAsync(host, "a", new("throws") { Alarm = 5 });
        var start = world.Time.GetUtcNow();
        for (var second = 1; second <= 40; second++)
        {
            world.Time.Advance(TimeSpan.FromSeconds(1));
            await TellAsync(host, "a", new("another")); // it comes behind what the clock has put into the mailbox
        }

        Assert.Equal([5.0, 6, 8, 12, 20, 36], times.Select(t => (t - start).TotalSeconds));
        Assert.DoesNotContain("throws!", await world.StoredAsync("actor/a"));
    }

    [Fact]
    public async Task A_persistent_processs_timers_fire_and_are_cancelled_and_replaced_also_by_one_that_is_due_at_the_same_time()
    {
        await using var world = new ProcessWorld();
        var host = await world.StartAsync();
        await DoAsync(host, "a", p =>
        {
            p.Alarm("a", TimeSpan.FromSeconds(5), ConformanceProcess.Do(q =>
            {
                q.CancelAlarm("b");
                q.Alarm("c", TimeSpan.FromSeconds(5), ConformanceProcess.Note("c, later"));
                _ = q.Keep("a");
                return default;
            }));
            p.Alarm("b", TimeSpan.FromSeconds(5), ConformanceProcess.Note("b"));
            p.Alarm("c", TimeSpan.FromSeconds(5), ConformanceProcess.Note("c"));
            p.Alarm("d", TimeSpan.FromSeconds(5), ConformanceProcess.Note("d"));
            p.Alarm("d", TimeSpan.FromSeconds(7), ConformanceProcess.Note("d, later"), TimeSpan.FromSeconds(1));
            p.Alarm("e", TimeSpan.FromSeconds(6), ConformanceProcess.Do(_ => throw new InvalidOperationException("No.")));
            return default;
        });
        for (var second = 1; second <= 11; second++)
        {
            world.Time.Advance(TimeSpan.FromSeconds(1));
            await DoAsync(host, "a", _ => default); // it comes behind what the clock has put into the mailbox
        }

        Assert.Equal(["a", "d, later", "d, later", "d, later", "c, later", "d, later"], (await world.StoredAsync("conformance/a")).Take(6));
    }

    [Fact]
    public async Task A_process_that_stopped_with_a_journaled_timer_set_recovers_by_itself()
    {
        await using var world = new ProcessWorld();
        var host = await world.StartAsync();
        await TellAsync(host, "a", new("one") { Alarm = 30 });
        world.Journal.BeforeAppend = _ => throw new Journal.JournalUnavailableException("down");
        await Assert.ThrowsAsync<Journal.JournalUnavailableException>(() => world.PassAsync(TellAsync(host, "a", new("two"))));
        world.Journal.BeforeHead = _ => throw new Journal.JournalUnavailableException("still down");
        for (var i = 0; i < 100; i++)
        {
            world.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        world.Journal.BeforeAppend = null;
        world.Journal.BeforeHead = null;
        await world.PassUntilAsync(async () => (await world.Storage.Memory.GetHeadAsync("actor/a")).Version == 2, TimeSpan.FromMilliseconds(100));
        Assert.Equal(["one", "one!"], await world.StoredAsync("actor/a"));
    }
}
