using Orleans.Persist.Core.Tests.Support;
using Orleans.Persist.Journal;
using Orleans.Persist.Processes;
using Orleans.Persist.TestKit.Conformance;
using static Orleans.Persist.Core.Tests.Processes.ProcessWorld;

namespace Orleans.Persist.Core.Tests.Processes;

public sealed class ActivationTests
{
    [Fact]
    [Trait("Requirement", "p.1")]
    [Trait("Requirement", "p.9")]
    public async Task An_idle_process_leaves_memory_with_a_last_snapshot_and_its_next_message_brings_it_back()
    {
        await using var world = new ProcessWorld { Persistent = new() { IdleAfter = TimeSpan.FromMinutes(5) } };
        var host = await world.StartAsync();
        await NoteAsync(host, "a", "1", "2");
        await NoteAsync(host, "b", "1");
        world.Time.Advance(TimeSpan.FromMinutes(4));
        await NoteAsync(host, "b", "2");
        world.Time.Advance(TimeSpan.FromSeconds(62));
        await world.PassUntilAsync(() => new(host.ActiveCount == 1), TimeSpan.Zero);
        Assert.Equal([("conformance/a", 2L)], world.Storage.Snapshots.Begun);
        Assert.Equal(2, (await LiveAsync(host, "b")).Count); // still there

        Assert.Equal((2L, 0), await DoAsync(host, "a", p => new ValueTask<object?>((p.Log.Snapshot, p.Log.Replayed))));
        await world.PassUntilAsync(() => new(host.ActiveCount == 0), TimeSpan.FromSeconds(10));
        Assert.Single(world.Storage.Snapshots.Begun, s => s.Owner == "conformance/a"); // no news, no snapshot
    }

    [Fact]
    [Trait("Requirement", "p.9")]
    public async Task A_last_snapshot_that_fails_loses_nothing_and_a_policy_of_never_takes_none()
    {
        await using var world = new ProcessWorld();
        var host = await world.StartAsync();
        await NoteAsync(host, "a", "1");
        world.Storage.Snapshots.BeforeSave = (_, _) => throw new IOException("full");
        await host.StopAsync().WaitAsync(Patience);
        Assert.Single(world.Storage.Snapshots.Begun);
        world.Persistent = new() { Kernel = new() { Snapshots = SnapshotPolicy.Never } };
        host = await world.StartAsync();
        Assert.Equal(["1"], await LiveAsync(host, "a"));
        await host.StopAsync().WaitAsync(Patience);
        Assert.Single(world.Storage.Snapshots.Begun);
    }

    [Fact]
    [Trait("Requirement", "p.9")]
    public async Task A_snapshot_by_policy_that_failed_is_made_up_for_at_passivation()
    {
        await using var world = new ProcessWorld { Persistent = new() { Kernel = new() { Snapshots = new SnapshotPolicy { EveryEvents = 2 } } } };
        var host = await world.StartAsync();
        world.Storage.Snapshots.BeforeSave = (_, _) => throw new IOException("full");
        await NoteAsync(host, "a", "1", "2");
        world.Storage.Snapshots.BeforeSave = null;
        await host.StopAsync().WaitAsync(Patience);
        Assert.Equal([("conformance/a", 2L), ("conformance/a", 2L)], world.Storage.Snapshots.Begun);
    }

    [Theory]
    [InlineData(0, 100, 0)]
    [InlineData(0, 0, 60)]
    [Trait("Requirement", "p.9")]
    public async Task Snapshots_are_taken_by_bytes_and_by_time(long events, long bytes, int seconds)
    {
        await using var world = new ProcessWorld
        {
            Persistent = new() { Kernel = new() { Snapshots = new SnapshotPolicy { EveryEvents = events, EveryBytes = bytes, Every = TimeSpan.FromSeconds(seconds) } } },
        };
        var host = await world.StartAsync();
        await NoteAsync(host, "a", "1");
        Assert.Empty(world.Storage.Snapshots.Begun);
        world.Time.Advance(TimeSpan.FromMinutes(1));
        await NoteAsync(host, "a", new string('x', 100));
        Assert.Equal([("conformance/a", 2L)], world.Storage.Snapshots.Begun);
    }

    [Fact]
    public async Task No_more_than_so_many_recover_at_a_time()
    {
        await using var world = new ProcessWorld { Options = new() { MaxConcurrentRecoveries = 3 } };
        var host = await world.StartAsync();
        var (now, most) = (0, 0);
        var gates = new SemaphoreSlim(0);
        world.Journal.BeforeHead = async _ =>
        {
            var running = Interlocked.Increment(ref now);
            InterlockedMax(ref most, running);
            await gates.WaitAsync(Patience);
            Interlocked.Decrement(ref now); // the next one begins after this
        };
        var calls = Enumerable.Range(0, 20).Select(i => NoteAsync(host, $"{i}", "1")).ToArray();
        for (var i = 0; i < 20; i++)
        {
            await world.PassUntilAsync(() => new(Volatile.Read(ref now) == Math.Min(3, 20 - i)), TimeSpan.Zero);
            gates.Release();
        }

        await Task.WhenAll(calls).WaitAsync(Patience);
        Assert.Equal(3, most);
    }

    [Fact]
    public async Task A_silent_storage_ends_the_recovery_and_once_it_speaks_again_all_is_well()
    {
        await using var world = new ProcessWorld { IsPatient = false, Options = new() { CallTimeout = TimeSpan.FromMinutes(10) } };
        var host = await world.StartAsync();
        var asked = new TaskCompletionSource();
        world.Journal.IsSilent = stream => stream == "conformance/a" && (asked.TrySetResult() || true);
        var first = NoteAsync(host, "a", "1");
        await asked.Task.WaitAsync(Patience);
        var second = NoteAsync(host, "a", "2");
        world.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(first.IsCompleted);
        world.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Contains("conformance/a", (await Assert.ThrowsAsync<RecoveryTimeoutException>(() => first)).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<RecoveryTimeoutException>(() => second);
        world.Journal.IsSilent = null;
        await NoteAsync(host, "a", "3");
        Assert.Equal(["3"], await LiveAsync(host, "a"));
    }

    [Fact]
    public async Task Aborting_ends_calls_and_handles_nothing_more()
    {
        await using var world = new ProcessWorld();
        var host = await world.StartAsync();
        await NoteAsync(host, "a", "1");
        var gate = new Gate();
        var held = host.CallAsync(Process("a"), ConformanceProcess.Do(async p =>
        {
            await gate.PassAsync();
            await p.Keep("2");
            return null;
        }));
        await gate.Entered;
        var waiting = host.CallAsync(Process("a"), ConformanceProcess.Note("3"));
        await host.AbortAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => held.WaitAsync(Patience));
        await Assert.ThrowsAsync<ProcessHostStoppedException>(() => waiting.WaitAsync(Patience));
        gate.Open();
        await host.DisposeAsync();
        Assert.Equal(["1"], await world.StoredAsync("conformance/a"));
        Assert.Equal(["1"], await LiveAsync(await world.StartAsync(), "a"));
    }

    [Fact]
    public async Task What_OnRecovered_persists_or_sends_is_refused_for_it_is_no_turn_and_its_timers_count_from_now()
    {
        await using var world = new ProcessWorld();
        world.Others.Add(ProcessDefinition.Persistent<HookProcess, ConformanceLog, ConformanceEvent>("hook", () => new HookProcess()));
        var host = await world.StartAsync();
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => host.CallAsync(new ProcessId("hook", "persists"), "x").WaitAsync(Patience));
        Assert.Contains("OnRecovered", refused.Message, StringComparison.Ordinal);
        Assert.Equal("handled x", await host.CallAsync(new ProcessId("hook", "timer"), "x").WaitAsync(Patience));
        world.Time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(0, (await world.Storage.Memory.GetHeadAsync("hook/timer")).Version);
        world.Time.Advance(TimeSpan.FromSeconds(2));
        await world.ReachedAsync("hook/timer", 1);
    }

    [Fact]
    public void Options_out_of_bounds_are_refused_by_name()
    {
        Refused("MaxConcurrentRecoveries", () => Host(new() { MaxConcurrentRecoveries = 0 }));
        Refused("CallTimeout", () => Host(new() { CallTimeout = TimeSpan.Zero }));
        Refused("StopTimeout", () => Host(new() { StopTimeout = TimeSpan.Zero }));
        Refused("RebuildWorkers", () => Host(new() { RebuildWorkers = 0 }));
        Refused("MailboxCapacity", () => Kind(new() { MailboxCapacity = 0 }));
        Refused("IdleAfter", () => Kind(new() { IdleAfter = TimeSpan.Zero }));
        Refused("MaxDeliveryAttempts", () => Kind(new() { MaxDeliveryAttempts = 0 }));
        Refused("RecoveryTimeout", () => Kind(new() { Kernel = new() { RecoveryTimeout = TimeSpan.Zero } }));
        Refused("AppendTimeout", () => Kind(new() { Kernel = new() { AppendTimeout = TimeSpan.Zero } }));
        Refused("MaxUnacknowledgedSends", () => Kind(new() { Kernel = new() { MaxUnacknowledgedSends = 0 } }));
        Refused("SnapshotPolicy", () => Kind(new() { Kernel = new() { Snapshots = new SnapshotPolicy { EveryEvents = -1 } } }));
        Refused("'a'", () => Host(new(), Kind(new(), "a"), Kind(new(), "a")));
        Refused("$a", () => Kind(new(), "$a"));
        Refused("a/b", () => Kind(new(), "a/b"));

        static void Refused(string name, Func<object> make) => Assert.Contains(name, Assert.ThrowsAny<ArgumentException>(make).Message, StringComparison.Ordinal);

        static object Host(ProcessHostOptions options, params ProcessDefinition[] kinds) => new ProcessHost(new TestStorage(), kinds, options);

        static ProcessDefinition Kind(ProcessOptions<ConformanceLog, ConformanceEvent> options, string name = "kind") =>
            ProcessDefinition.Persistent(name, () => new ConformanceProcess(), options);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); seen < value;)
        {
            var before = Interlocked.CompareExchange(ref most, value, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }

    private sealed class HookProcess : PersistentProcess<ConformanceLog, ConformanceEvent>
    {
        protected override ValueTask<object?> HandleAsync(object command)
        {
            if (command is "tick")
                _ = Persist(new ConformanceEvent("tick"));
            return new($"handled {command}");
        }

        protected override ConformanceLog Apply(ConformanceLog state, ConformanceEvent @event) => state;

        protected override void OnRecovered()
        {
            if (Id.Key == "persists")
                _ = Persist(new ConformanceEvent("no"));
            else
                SetTimer("tick", TimeSpan.FromSeconds(10), "tick");
        }
    }
}
