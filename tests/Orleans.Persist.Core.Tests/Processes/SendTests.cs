using Orleans.Persist.Core.Tests.Support;
using Orleans.Persist.Journal;
using Orleans.Persist.Processes;
using Orleans.Persist.TestKit.Conformance;
using static Orleans.Persist.Core.Tests.Processes.ProcessWorld;

namespace Orleans.Persist.Core.Tests.Processes;

public sealed class SendTests
{
    public static TheoryData<int, bool, bool> CrashPoints
    {
        get
        {
            var points = new TheoryData<int, bool, bool>();
            foreach (var journaled in new[] { true, false })
            {
                for (var append = 1; append <= 12; append++)
                {
                    points.Add(append, true, journaled);
                    points.Add(append, false, journaled);
                }
            }

            return points;
        }
    }

    /// <summary>The host dies at an append, of whatever stream: before it is stored, or after that and before anybody is told. That covers every point between commit, delivery and acknowledgement.</summary>
    [Theory]
    [MemberData(nameof(CrashPoints))]
    [Trait("Requirement", "m.5")]
    public async Task A_crash_at_any_point_loses_no_send_and_doubles_none(int append, bool stored, bool journaled)
    {
        await using var world = new ProcessWorld();
        var host = await world.StartAsync();
        var appends = 0;
        var crashed = false;
        world.Journal.BeforeAppend = async _ =>
        {
            if (crashed || (++appends == append && !stored))
                await CrashAsync();
        };
        world.Journal.AfterAppend = _ =>
        {
            if (appends == append && stored && !crashed)
                CrashAsync().GetAwaiter().GetResult();
        };
        for (var i = 0; i < 4 && !crashed; i++)
        {
            try
            {
                await world.PassAsync(SendAsync(host, $"{i}", journaled));
            }
            catch (Exception e) when (e is JournalException or OperationCanceledException or ProcessHostStoppedException or TimeoutException)
            {
                Assert.True(crashed, e.ToString());
            }
        }

        if (!crashed)
            await world.PassUntilAsync(() => new(crashed || appends >= append), TimeSpan.FromMilliseconds(100));
        (world.Journal.BeforeAppend, world.Journal.AfterAppend) = (null, null);
        await host.AbortAsync();
        host = await world.StartAsync();
        var kind = journaled ? "actor" : "conformance";
        var committed = await world.StoredAsync($"{kind}/a");
        foreach (var receiver in new[] { "b", "c" })
        {
            await world.PassUntilAsync(async () => (await world.StoredAsync($"{kind}/{receiver}")).Count >= committed.Count, TimeSpan.FromMilliseconds(50));
            Assert.Equal(committed.Select(text => $"a: {text}"), await world.StoredAsync($"{kind}/{receiver}"));
        }

        await host.StopAsync().WaitAsync(Patience);
        host = await world.StartAsync();
        await world.PassAsync(SendAsync(host, "last", journaled));
        foreach (var receiver in new[] { "b", "c" })
        {
            await world.PassUntilAsync(async () => (await world.StoredAsync($"{kind}/{receiver}")).Contains("a: last"), TimeSpan.FromMilliseconds(50));
            Assert.Equal([.. committed.Select(text => $"a: {text}"), "a: last"], await world.StoredAsync($"{kind}/{receiver}"));
        }

        async Task CrashAsync()
        {
            crashed = true;
            await host.AbortAsync();
            throw new JournalUnavailableException("The host is dead.");
        }
    }

    [Fact]
    [Trait("Requirement", "m.5")]
    public async Task Sends_are_stored_numbered_with_what_caused_them_and_delivered_in_order()
    {
        await using var world = new ProcessWorld();
        var host = await world.StartAsync();
        for (var i = 0; i < 50; i++)
            await TellAsync(host, "a", new($"{i}") { Tell = ["b", "b", "c"] });
        await world.ReachedAsync("actor/b", 100);
        await world.ReachedAsync("actor/c", 50);
        Assert.Equal(Enumerable.Range(0, 50).SelectMany(i => new[] { $"a: {i}", $"a: {i}" }), await world.StoredAsync("actor/b"));
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"a: {i}"), await world.StoredAsync("actor/c"));
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"{i}"), await world.StoredAsync("actor/a")); // one append each
    }

    [Fact]
    [Trait("Requirement", "m.5")]
    public async Task Actors_that_send_to_one_another_and_to_themselves_come_to_an_end()
    {
        await using var world = new ProcessWorld();
        var host = await world.StartAsync();
        await TellAsync(host, "a", new("0") { Tell = ["a", "b"] });
        await world.ReachedAsync("actor/a", 2);
        await world.ReachedAsync("actor/b", 1);
        Assert.Equal(["0", "a: 0"], await world.StoredAsync("actor/a"));
    }

    [Fact]
    [Trait("Requirement", "m.5")]
    public async Task A_message_whose_handler_keeps_refusing_is_set_aside_and_those_behind_it_go_on()
    {
        await using var world = new ProcessWorld { Journaled = new() { MaxDeliveryAttempts = 3 } };
        var attempts = 0;
        world.Differ = (actor, message) =>
        {
            if (actor.Id.Key != "b" || !message.Text.Contains("bad", StringComparison.Ordinal))
                return;
            attempts++;
            throw new FormatException("It is bad.");
        };
        var host = await world.StartAsync();
        await TellAsync(host, "b", new("before") { Tell = ["c"] });
        await world.ReachedAsync("actor/c", 1);
        foreach (var text in new[] { "good", "bad", "better" })
            await TellAsync(host, "a", new(text) { Tell = ["b"] });
        await world.PassUntilAsync(async () => (await world.StoredAsync("actor/b")).Count == 3, TimeSpan.FromMilliseconds(100));
        Assert.Equal(["before", "a: good", "a: better"], await world.StoredAsync("actor/b"));
        Assert.Equal(3, attempts);
        Assert.Equal(["a: bad"], await world.StoredAsync("$dead/actor/b"));
        await foreach (var dead in world.Storage.Memory.ReadAsync("$dead/actor/b", ReadRequest.All))
            Assert.Equal(("actor/a", "It is bad."), (dead.Source, dead.Metadata["error"]));

        await host.AbortAsync();
        host = await world.StartAsync();
        Assert.Equal(4, await TellAsync(host, "b", new("after")));
        Assert.Null(await host.CheckReplayAsync(Actor("b")));
        Assert.Equal(["b: before"], await world.StoredAsync("actor/c")); // what was stored before is not sent again
        Assert.Equal(["a: bad"], await world.StoredAsync("$dead/actor/b"));
    }

    [Fact]
    [Trait("Requirement", "m.5")]
    public async Task A_receiver_whose_storage_is_in_trouble_has_its_messages_later_and_none_is_set_aside()
    {
        await using var world = new ProcessWorld { Journaled = new() { MaxDeliveryAttempts = 1 } };
        var host = await world.StartAsync();
        world.Journal.BeforeAppend = stream => stream == "actor/b" ? throw new JournalUnavailableException("down") : Task.CompletedTask;
        for (var i = 0; i < 5; i++)
            await TellAsync(host, "a", new($"{i}") { Tell = ["b", "c"] });
        await world.ReachedAsync("actor/c", 5); // a slow receiver holds up nobody
        for (var i = 0; i < 50; i++)
        {
            world.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        world.Journal.BeforeAppend = null;
        await world.PassUntilAsync(async () => (await world.StoredAsync("actor/b")).Count == 5, TimeSpan.FromMilliseconds(500));
        Assert.Equal(Enumerable.Range(0, 5).Select(i => $"a: {i}"), await world.StoredAsync("actor/b"));
        Assert.Equal(0, (await world.Storage.Memory.GetHeadAsync("$dead/actor/b")).Version);
    }

    [Fact]
    [Trait("Requirement", "m.5")]
    public async Task An_acknowledgement_that_arrives_while_the_sender_is_down_does_not_hold_up_what_it_sends_later()
    {
        await using var world = new ProcessWorld();
        var host = await world.StartAsync();
        var gate = new Gate();
        world.Journal.BeforeAppend = stream => stream == "actor/b" ? gate.PassAsync() : Task.CompletedTask;
        await TellAsync(host, "a", new("1") { Tell = ["b"] });
        await gate.Entered;
        await Assert.ThrowsAsync<InvalidOperationException>(() => TellAsync(host, "a", new("throws") { Throw = true }));
        world.Journal.BeforeHead = stream => stream == "actor/a" ? throw new JournalUnavailableException("down") : Task.CompletedTask;
        world.Journal.BeforeAppend = null;
        gate.Open(); // the acknowledgement finds a sender that cannot recover
        await world.ReachedAsync("actor/b", 1);
        for (var i = 0; i < 20; i++)
        {
            world.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        world.Journal.BeforeHead = null;
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await TellAsync(host, "a", new("2") { Tell = ["b"] });
                break;
            }
            catch (JournalUnavailableException) when (attempt < 10)
            {
                // It came behind an attempt to recover that was still failing.
            }
        }

        await world.ReachedAsync("actor/b", 2);
        Assert.Equal(["a: 1", "a: 2"], await world.StoredAsync("actor/b"));
    }

    [Fact]
    [Trait("Requirement", "m.5")]
    public async Task The_wake_list_is_written_before_what_makes_it_true_and_again_where_that_failed()
    {
        await using var world = new ProcessWorld();
        var host = await world.StartAsync();
        var fail = true;
        world.Journal.BeforeAppend = stream => stream.StartsWith("$processes", StringComparison.Ordinal) && fail ? throw new JournalUnavailableException("down") : Task.CompletedTask;
        await Assert.ThrowsAsync<JournalUnavailableException>(() => TellAsync(host, "a", new("1") { Tell = ["b"] }));
        Assert.Empty(await world.StoredAsync("actor/a"));
        fail = false;
        var gate = new Gate();
        world.Journal.BeforeAppend = stream => stream == "actor/b" ? gate.PassAsync() : Task.CompletedTask;
        await TellAsync(host, "a", new("2") { Tell = ["b"] });
        await gate.Entered;
        await host.AbortAsync();
        world.Journal.BeforeAppend = null;

        host = await world.StartAsync(); // nobody calls "a"
        await world.ReachedAsync("actor/b", 1);
        await world.PassUntilAsync(() => new(true));
        await host.StopAsync().WaitAsync(Patience);
        gate.Open();
        Assert.Equal(["a: 2"], await world.StoredAsync("actor/b"));
    }

    [Fact]
    [Trait("Requirement", "m.5")]
    public async Task Too_many_unacknowledged_sends_are_refused_and_possible_again_later()
    {
        await using var world = new ProcessWorld { Journaled = new() { Kernel = new() { MaxUnacknowledgedSends = 2 } } };
        var host = await world.StartAsync();
        var gate = new Gate();
        world.Journal.BeforeAppend = stream => stream == "actor/b" ? gate.PassAsync() : Task.CompletedTask;
        await TellAsync(host, "a", new("1") { Tell = ["b", "b"] });
        await Assert.ThrowsAsync<InvalidOperationException>(() => TellAsync(host, "a", new("2") { Tell = ["b"] }));
        gate.Open();
        await world.PassUntilAsync(async () => (await world.StoredAsync("actor/b")).Count == 2);
        await world.PassUntilAsync(async () =>
        {
            try
            {
                await TellAsync(host, "a", new("3") { Tell = ["b"] });
                return true;
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        });
        await world.PassUntilAsync(async () => (await world.StoredAsync("actor/b")).Count == 3);
        Assert.Equal(["a: 1", "a: 1", "a: 3"], await world.StoredAsync("actor/b"));
    }

    [Fact]
    [Trait("Requirement", "m.5")]
    public async Task A_message_for_a_kind_or_of_a_type_that_nobody_knows_is_refused_where_it_is_sent()
    {
        await using var world = new ProcessWorld();
        world.Others.Add(ProcessDefinition.Persistent<ConformanceProcess, ConformanceLog, ConformanceEvent>("mute", () => new ConformanceProcess()));
        var host = await world.StartAsync();
        foreach (var (to, message) in new (ProcessId, object)[] { (new("nobody", "a"), new ConformanceNote("x")), (Process("b"), "not registered"), (Actor("b"), new ConformanceNote("x")), (new("mute", "a"), new ConformanceNote("x")) })
        {
            await Assert.ThrowsAsync<ArgumentException>(() => DoAsync(host, "a", p =>
            {
                p.Tell(to, message);
                return default;
            }));
        }

        Assert.Equal(0, (await world.Storage.Memory.GetHeadAsync("conformance/a")).Version);
    }

    private static Task<object?> SendAsync(ProcessHost host, string text, bool journaled) => journaled
        ? TellAsync(host, "a", new(text) { Tell = ["b", "c"] })
        : DoAsync(host, "a", p =>
        {
            _ = p.Keep(text);
            p.Tell(Process("b"), new ConformanceNote($"a: {text}"));
            p.Tell(Process("c"), new ConformanceNote($"a: {text}"));
            return default;
        });
}
