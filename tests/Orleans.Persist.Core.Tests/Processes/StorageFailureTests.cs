using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Persist.Journal;
using Orleans.Persist.Processes;
using Orleans.Persist.Serialization;
using Orleans.Persist.TestKit.Conformance;
using static Orleans.Persist.Core.Tests.Processes.ProcessWorld;

namespace Orleans.Persist.Core.Tests.Processes;

public sealed class StorageFailureTests
{
    [Fact]
    [Trait("Requirement", "p.3")]
    [Trait("Requirement", "p.1")]
    public async Task If_storing_fails_the_caller_gets_the_error_and_the_next_message_recovers_the_process()
    {
        await using var world = new ProcessWorld();
        var host = await world.StartAsync();
        await NoteAsync(host, "a", "1");
        world.Journal.BeforeAppend = stream => throw new JournalUnavailableException($"no {stream} today");
        var failing = NoteAsync(host, "a", "2", "3");
        await Assert.ThrowsAsync<JournalUnavailableException>(() => world.PassAsync(failing));
        world.Journal.BeforeAppend = null;
        Assert.Equal(["1"], await LiveAsync(host, "a"));
        Assert.Equal((1, 1), await DoAsync(host, "a", p => new ValueTask<object?>((p.Log.Replayed, p.Recoveries))));
        await NoteAsync(host, "a", "4");
        Assert.Equal(["1", "4"], await world.StoredAsync("conformance/a"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [Trait("Requirement", "p.3")]
    public async Task An_append_whose_answer_was_lost_is_settled_and_stored_once(int events)
    {
        await using var world = new ProcessWorld();
        var host = await world.StartAsync();
        await NoteAsync(host, "a", "0");
        world.Journal.AfterAppend = _ =>
        {
            world.Journal.AfterAppend = null;
            throw new JournalUnavailableException("The answer got lost.");
        };
        var texts = Enumerable.Range(1, events).Select(i => $"{i}").ToArray();
        await world.PassAsync(NoteAsync(host, "a", texts));
        Assert.Equal(["0", .. texts], await LiveAsync(host, "a"));
        Assert.Equal(["0", .. texts], await world.StoredAsync("conformance/a"));
        Assert.Equal(0, await DoAsync(host, "a", p => new ValueTask<object?>(p.Log.Replayed))); // it went on
    }

    [Fact]
    [Trait("Requirement", "m.1")]
    public async Task A_journaled_message_whose_answer_was_lost_is_settled_and_stored_once()
    {
        await using var world = new ProcessWorld();
        var host = await world.StartAsync();
        await TellAsync(host, "a", new("0") { Draws = 1 });
        world.Journal.AfterAppend = stream =>
        {
            if (stream != "actor/a")
                return;
            world.Journal.AfterAppend = null;
            throw new JournalUnavailableException("The answer got lost.");
        };
        Assert.Equal(4, await world.PassAsync(TellAsync(host, "a", new("1") { Draws = 1, Tell = ["b"] })));
        await world.ReachedAsync("actor/b", 1);
        Assert.Equal(["0", "1"], await world.StoredAsync("actor/a"));
        Assert.Equal(["a: 1"], await world.StoredAsync("actor/b"));
    }

    [Fact]
    [Trait("Requirement", "p.3")]
    public async Task An_append_that_failed_and_another_writers_that_came_between_are_told_apart()
    {
        await using var world = new ProcessWorld();
        var host = await world.StartAsync();
        await NoteAsync(host, "a", "0");
        world.Journal.BeforeAppend = async _ =>
        {
            world.Journal.BeforeAppend = null;
            await world.Storage.Memory.AppendAsync("conformance/a", ExpectedVersion.Any, Raw("foreign"));
            throw new JournalUnavailableException("It failed.");
        };
        await Assert.ThrowsAsync<VersionConflictException>(() => world.PassAsync(NoteAsync(host, "a", "1")));
        await NoteAsync(host, "a", "2");
        Assert.Equal(["0", "foreign", "2"], await LiveAsync(host, "a"));
    }

    [Fact]
    [Trait("Requirement", "p.3")]
    public async Task An_append_without_an_answer_is_given_up_and_its_caller_told()
    {
        await using var world = new ProcessWorld { IsPatient = false, Options = new() { CallTimeout = TimeSpan.FromMinutes(10) } };
        var host = await world.StartAsync();
        await NoteAsync(host, "a", "0");
        var asked = new TaskCompletionSource();
        world.Journal.IsSilent = _ => asked.TrySetResult() || true;
        var call = NoteAsync(host, "a", "1");
        await asked.Task.WaitAsync(Patience);
        world.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(call.IsCompleted);
        world.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Contains("conformance/a", (await Assert.ThrowsAsync<JournalUnavailableException>(() => call)).Message, StringComparison.Ordinal);
        world.Journal.IsSilent = null;
        for (var i = 2; i < 5; i++)
            await NoteAsync(host, "a", $"{i}");
        Assert.Equal(["0", "2", "3", "4"], await LiveAsync(host, "a"));
    }

    [Fact]
    [Trait("Requirement", "p.7")]
    public async Task A_batch_beyond_the_journals_limit_and_an_event_of_a_type_nobody_registered_are_refused_and_lose_nothing()
    {
        await using var world = new ProcessWorld(new JournalLimits(2_000, 100, 512));
        world.Others.Add(ProcessDefinition.Persistent<StrangeProcess, ConformanceLog, IStrange>("strange", () => new StrangeProcess()));
        var host = await world.StartAsync();
        await NoteAsync(host, "a", "1");
        await Assert.ThrowsAsync<AppendTooLargeException>(() => NoteAsync(host, "a", "2", new string('x', 2_000)));
        Assert.Equal(["1"], await LiveAsync(host, "a"));
        Assert.Equal(["1"], await world.StoredAsync("conformance/a"));

        var strange = new ProcessId("strange", "a");
        await host.CallAsync(strange, new Known()).WaitAsync(Patience);
        var refused = await Assert.ThrowsAsync<ArgumentException>(() => host.CallAsync(strange, new Unregistered()).WaitAsync(Patience));
        Assert.Contains("Unregistered", refused.Message, StringComparison.Ordinal);
        await host.CallAsync(strange, new Known()).WaitAsync(Patience);
        Assert.Equal(2, (await world.Storage.Memory.GetHeadAsync("strange/a")).Version);
    }

    [Theory]
    [InlineData("unknown.type", "{}", typeof(UnknownEventTypeException))]
    [InlineData("conformance.happened", "{\"text\":", typeof(EventPayloadException))]
    [InlineData("conformance.happened", "{\"text\":\"poison\"}", typeof(InvalidOperationException))]
    [Trait("Requirement", "p.10")]
    public async Task An_event_that_cannot_be_applied_fails_the_activation_and_is_named(string type, string data, Type cause)
    {
        await using var world = new ProcessWorld();
        await world.Storage.Memory.AppendAsync("conformance/a", ExpectedVersion.Any, new[] { Raw("1"), Raw(data, type), Raw("3") }, null);
        var host = await world.StartAsync();
        for (var i = 0; i < 2; i++)
        {
            var poison = await Assert.ThrowsAsync<PoisonEventException>(() => NoteAsync(host, "a", "no"));
            Assert.Equal(("conformance/a", 1, 2L, type), (poison.Stream, poison.Incarnation, poison.Version, poison.EventType));
            Assert.IsType(cause, poison.InnerException);
        }

        Assert.Equal(3, (await world.Storage.Memory.GetHeadAsync("conformance/a")).Version);
    }

    [Theory]
    [InlineData(PoisonPolicy.Skip)]
    [InlineData(PoisonPolicy.Quarantine)]
    [Trait("Requirement", "p.10")]
    public async Task Events_that_cannot_be_applied_are_left_out_where_the_policy_says_so(PoisonPolicy policy)
    {
        await using var world = new ProcessWorld { Persistent = new() { Kernel = new() { OnPoison = policy, Snapshots = SnapshotPolicy.Never } } };
        EventData[] events = [Raw("1"), Raw("{}", "unknown.type"), Raw("{\"text\":\"poison\"}", "conformance.happened"), Raw("4"), Raw("[", "conformance.happened"), Raw("6")];
        await world.Storage.Memory.AppendAsync("conformance/a", ExpectedVersion.Any, events, null);
        for (var i = 0; i < 3; i++)
        {
            var host = await world.StartAsync();
            Assert.Equal(["1", "4", "6", .. Enumerable.Range(0, i).Select(n => $"more {n}")], await LiveAsync(host, "a"));
            await NoteAsync(host, "a", $"more {i}");
            await host.StopAsync().WaitAsync(Patience);
        }

        var aside = await ListAsync(world.Storage.Memory.ReadAsync(ProcessKernel<ConformanceLog, ConformanceEvent>.QuarantinePrefix + "conformance/a", ReadRequest.All));
        if (policy == PoisonPolicy.Skip)
            Assert.Empty(aside);
        else
            Assert.Equal([("unknown.type", "{}"), ("conformance.happened", "["), ("conformance.happened", "{\"text\":\"poison\"}")], aside.Select(e => (e.Type, Encoding.UTF8.GetString(e.Data.Span))).OrderBy(e => e.Type == "unknown.type" ? 0 : e.Item2.Length));
    }

    [Fact]
    [Trait("Requirement", "p.10")]
    public async Task An_event_that_turns_out_to_be_poison_after_a_later_one_is_set_aside_too()
    {
        await using var world = new ProcessWorld { Persistent = new() { Kernel = new() { OnPoison = PoisonPolicy.Skip } } };
        await world.Storage.Memory.AppendAsync("conformance/a", ExpectedVersion.Any, new[] { Raw("1"), Raw("two", "unknown.type") }, null);
        var host = await world.StartAsync();
        await NoteAsync(host, "a", "3");
        await host.StopAsync().WaitAsync(Patience); // its snapshot covers the poison
        await world.Storage.Memory.AppendAsync("conformance/a", ExpectedVersion.Any, new[] { Raw("four", "unknown.type") }, null);
        world.Persistent = new() { Kernel = new() { OnPoison = PoisonPolicy.Quarantine, Snapshots = SnapshotPolicy.Never } };
        host = await world.StartAsync();
        Assert.Equal(["1", "3"], await LiveAsync(host, "a"));
        await host.StopAsync().WaitAsync(Patience);

        await world.Storage.Snapshots.DamageNewestAsync("conformance/a", int.MaxValue);
        Assert.Equal(["1", "3"], await LiveAsync(await world.StartAsync(), "a"));

        var aside = await ListAsync(world.Storage.Memory.ReadAsync(ProcessKernel<ConformanceLog, ConformanceEvent>.QuarantinePrefix + "conformance/a", ReadRequest.All));
        Assert.Equal(["four", "two"], aside.Select(e => Encoding.UTF8.GetString(e.Data.Span)));
    }

    [Fact]
    [Trait("Requirement", "p.10")]
    public async Task The_damage_of_the_first_snapshot_loses_nothing_where_covered_events_are_truncated()
    {
        await using var world = new ProcessWorld { Persistent = new() { Kernel = new() { TruncateAfterSnapshot = true } } };
        var host = await world.StartAsync();
        await NoteAsync(host, "a", "1", "2");
        await host.StopAsync().WaitAsync(Patience); // takes the first snapshot
        await world.Storage.Snapshots.DamageNewestAsync("conformance/a");

        Assert.Equal(["1", "2"], await LiveAsync(await world.StartAsync(), "a"));
    }

    [Fact]
    [Trait("Requirement", "p.10")]
    public async Task An_event_that_could_not_be_set_aside_is_not_left_out_until_it_is()
    {
        await using var world = new ProcessWorld();
        await world.Storage.Memory.AppendAsync("s", ExpectedVersion.Any, new[] { Raw("1"), Raw("two", "unknown.type") }, null);
        var kernel = new ProcessKernel<int, ConformanceEvent>("s", new Counter(), new() { OnPoison = PoisonPolicy.Quarantine }, new(world.Storage, world.Time, NullLogger.Instance));
        world.Journal.BeforeAppend = _ => throw new JournalUnavailableException("not now");
        await Assert.ThrowsAsync<JournalUnavailableException>(async () => await kernel.RecoverAsync());
        Assert.False(kernel.IsRecovered);
        world.Journal.BeforeAppend = null;

        await kernel.RecoverAsync();

        Assert.Equal((1, 2L), (kernel.State, kernel.Version));
        Assert.Equal(1, (await world.Storage.Memory.GetHeadAsync("$poison/s")).Version);
    }

    [Theory]
    [InlineData(PoisonPolicy.Fail)]
    [InlineData(PoisonPolicy.Skip)]
    [InlineData(PoisonPolicy.Quarantine)]
    [Trait("Requirement", "p.10")]
    public async Task A_handler_that_throws_live_tells_its_caller_and_the_policy_decides_the_recovery(PoisonPolicy policy)
    {
        await using var world = new ProcessWorld { Persistent = new() { Kernel = new() { OnPoison = policy } } };
        var host = await world.StartAsync();
        await NoteAsync(host, "a", "1");
        var live = await Assert.ThrowsAsync<PoisonEventException>(() => NoteAsync(host, "a", "2", "poison", "4"));
        Assert.Equal(("conformance/a", 3L), (live.Stream, live.Version));
        if (policy == PoisonPolicy.Fail)
            Assert.Equal(3, (await Assert.ThrowsAsync<PoisonEventException>(() => NoteAsync(host, "a", "5"))).Version);
        else
            Assert.Equal(["1", "2", "4"], await LiveAsync(host, "a"));
        Assert.Equal(["1", "2", "poison", "4"], await world.StoredAsync("conformance/a"));
    }

    [Fact]
    [Trait("Requirement", "p.10")]
    public async Task Many_events_nobody_can_decode_are_passed_over_in_one_reading()
    {
        await using var world = new ProcessWorld { Persistent = new() { Kernel = new() { OnPoison = PoisonPolicy.Skip } } };
        for (var i = 0; i < 300; i++)
            await world.Storage.Memory.AppendAsync("conformance/a", ExpectedVersion.Any, new[] { Raw("{}", "unknown.type"), Raw($"{i}") }, null);
        var reads = 0;
        world.Journal.BeforeRead = stream => reads += stream == "conformance/a" ? 1 : 0;
        var host = await world.StartAsync();
        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"{i}"), await LiveAsync(host, "a"));
        Assert.Equal(1, reads);
    }

    [Fact]
    [Trait("Requirement", "p.10")]
    public async Task What_was_left_out_of_one_incarnation_says_nothing_about_the_next()
    {
        await using var world = new ProcessWorld { Persistent = new() { Kernel = new() { OnPoison = PoisonPolicy.Skip } } };
        await world.Storage.Memory.AppendAsync("conformance/a", ExpectedVersion.Any, new[] { Raw("poison"), Raw("2") }, null);
        var process = new ConformanceProcess();
        var kernel = new ProcessKernel<ConformanceLog, ConformanceEvent>("conformance/a", process, world.Persistent.Kernel, new KernelServices(world.Storage, world.Time, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance));
        await kernel.RecoverAsync();
        Assert.Equal(["2"], kernel.State.Texts);
        await world.Storage.Memory.DeleteAsync("conformance/a", ExpectedVersion.Any);
        await world.Storage.Memory.AppendAsync("conformance/a", ExpectedVersion.Any, new[] { Raw("new 1"), Raw("new 2") }, null);
        await kernel.RecoverAsync();
        Assert.Equal(["new 1", "new 2"], kernel.State.Texts);
        Assert.Equal((2, 2L), (kernel.Incarnation, kernel.Version));
    }

    private sealed class Counter : IProcessBehavior<int, ConformanceEvent>
    {
        public int CreateState() => 0;

        public int Apply(int state, ConformanceEvent @event, TurnContext turn) => state + 1;
    }

    private static EventData Raw(string text) => Raw($"{{\"text\":\"{text}\"}}", "conformance.happened");

    private static EventData Raw(string data, string type) => new() { Type = type, Data = Encoding.UTF8.GetBytes(data) };

    private static async Task<List<RecordedEvent>> ListAsync(IAsyncEnumerable<RecordedEvent> events)
    {
        var list = new List<RecordedEvent>();
        await foreach (var recorded in events)
            list.Add(recorded);
        return list;
    }

    private interface IStrange;

    [EventType("known")]
    private sealed record Known : IStrange;

    private sealed record Unregistered : IStrange;

    private sealed class StrangeProcess : PersistentProcess<ConformanceLog, IStrange>
    {
        protected override ValueTask<object?> HandleAsync(object command)
        {
            _ = Persist((IStrange)command);
            return default;
        }

        protected override ConformanceLog Apply(ConformanceLog state, IStrange @event) => state;
    }
}
