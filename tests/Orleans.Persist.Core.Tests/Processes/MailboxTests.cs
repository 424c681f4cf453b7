using Orleans.Persist.Core.Tests.Support;
using Orleans.Persist.Journal;
using Orleans.Persist.Processes;
using Orleans.Persist.TestKit.Conformance;
using static Orleans.Persist.Core.Tests.Processes.ProcessWorld;

namespace Orleans.Persist.Core.Tests.Processes;

public sealed class MailboxTests
{
    private static readonly Func<ConformanceProcess, ValueTask<object?>> Nothing = ConformanceProcess.Do(static _ => default);

    [Fact]
    [Trait("Requirement", "p.3")]
    public async Task Messages_are_handled_one_at_a_time_in_the_order_in_which_they_arrived()
    {
        await using var world = new ProcessWorld();
        var host = await world.StartAsync();
        var gate = new Gate();
        var first = host.CallAsync(Process("a"), Hold(gate));
        await gate.Entered;
        for (var i = 0; i < 500; i++)
            await host.CastAsync(Process("a"), ConformanceProcess.Note($"{i}"));
        gate.Open();
        await first.WaitAsync(Patience);
        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"{i}"), await LiveAsync(host, "a"));
    }

    [Fact]
    public async Task No_number_of_waiting_messages_exhausts_the_stack()
    {
        await using var world = new ProcessWorld { Persistent = new() { MailboxCapacity = 200_000 }, Journaled = new() { MailboxCapacity = 200_000 } };
        var host = await world.StartAsync();
        var gate = new Gate();
        var first = host.CallAsync(Process("a"), Hold(gate));
        await gate.Entered;
        for (var i = 0; i < 100_000; i++)
            await host.CastAsync(Process("a"), Nothing);
        var last = host.CallAsync(Process("a"), Nothing);
        gate.Open();
        await Task.WhenAll(first, last).WaitAsync(Patience);

        var journal = new Gate();
        world.Journal.BeforeAppend = stream => stream == "actor/a" ? journal.PassAsync() : Task.CompletedTask;
        first = host.CallAsync(Actor("a"), new ConformanceMessage("first"));
        await journal.Entered;
        for (var i = 0; i < 20_000; i++)
            await host.CastAsync(Actor("a"), new ConformanceMessage("") { Alarm = i % 2 });
        last = host.CallAsync(Actor("a"), new ConformanceMessage("last"));
        journal.Open();
        Assert.Equal(20_002, await last.WaitAsync(Patience));
        Assert.Equal(1, await first.WaitAsync(Patience));
    }

    [Fact]
    [Trait("Requirement", "p.3")]
    public async Task A_full_mailbox_rejects_by_default_and_takes_again_once_there_is_room()
    {
        await using var world = new ProcessWorld { Persistent = new() { MailboxCapacity = 2 } };
        var host = await world.StartAsync();
        var gate = new Gate();
        var first = host.CallAsync(Process("a"), Hold(gate));
        await gate.Entered;
        var waiting = new[] { host.CallAsync(Process("a"), ConformanceProcess.Note("1")), host.CallAsync(Process("a"), ConformanceProcess.Note("2")) };

        var rejected = host.CallAsync(Process("a"), ConformanceProcess.Note("3"));
        var full = await Assert.ThrowsAsync<MailboxFullException>(() => rejected);
        Assert.Equal(Process("a"), full.Process);
        await Assert.ThrowsAsync<MailboxFullException>(() => host.CastAsync(Process("a"), ConformanceProcess.Note("4")).AsTask());
        await NoteAsync(host, "b", "another process takes messages");
        gate.Open();
        await Task.WhenAll([first, .. waiting]).WaitAsync(Patience);
        await NoteAsync(host, "a", "5");
        Assert.Equal(["1", "2", "5"], await LiveAsync(host, "a"));
    }

    [Fact]
    [Trait("Requirement", "p.3")]
    public async Task A_full_mailbox_has_its_senders_wait_where_asked_for_up_to_the_call_time_out()
    {
        await using var world = new ProcessWorld { IsPatient = false, Persistent = new() { MailboxCapacity = 1, Overflow = MailboxOverflow.Wait } };
        var host = await world.StartAsync();
        var gate = new Gate();
        var first = host.CallAsync(Process("a"), Hold(gate));
        await gate.Entered;
        await host.CastAsync(Process("a"), ConformanceProcess.Note("1"));
        using var cancel = new CancellationTokenSource();
        var late = host.CastAsync(Process("a"), ConformanceProcess.Note("never")).AsTask();
        var cancelled = host.CastAsync(Process("a"), ConformanceProcess.Note("never"), cancel.Token).AsTask();
        Assert.False(late.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WaitAsync(Patience));
        world.Time.Advance(TimeSpan.FromSeconds(30));
        await Assert.ThrowsAsync<MailboxFullException>(() => late.WaitAsync(Patience));

        var patient = host.CallAsync(Process("a"), ConformanceProcess.Note("2"));
        gate.Open();
        await patient.WaitAsync(Patience);
        Assert.Equal(["1", "2"], await LiveAsync(host, "a"));
        await first.WaitAsync(Patience);
    }

    [Fact]
    [Trait("Requirement", "p.3")]
    public async Task Senders_that_wait_for_room_go_on_after_a_recovery_that_failed()
    {
        await using var world = new ProcessWorld { Persistent = new() { MailboxCapacity = 1, Overflow = MailboxOverflow.Wait } };
        var host = await world.StartAsync();
        var gate = new Gate();
        world.Journal.BeforeHead = async stream =>
        {
            if (stream != "conformance/a")
                return;
            await gate.PassAsync();
            world.Journal.BeforeHead = null;
            throw new JournalUnavailableException("not now");
        };
        var first = host.CallAsync(Process("a"), Nothing);
        await gate.Entered;
        var second = host.CallAsync(Process("a"), Nothing);
        var third = host.CallAsync(Process("a"), Nothing);
        gate.Open();
        await Assert.ThrowsAsync<JournalUnavailableException>(() => first.WaitAsync(Patience));
        await Assert.ThrowsAsync<JournalUnavailableException>(() => second.WaitAsync(Patience));
        await third.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_call_that_is_cancelled_or_times_out_is_handled_all_the_same()
    {
        await using var world = new ProcessWorld { IsPatient = false };
        var host = await world.StartAsync();
        var gate = new Gate();
        var held = host.CallAsync(Process("a"), Hold(gate));
        await gate.Entered;
        using var cancel = new CancellationTokenSource();
        var cancelled = host.CallAsync(Process("a"), ConformanceProcess.Note("cancelled"), cancel.Token);
        var late = host.CallAsync(Process("a"), ConformanceProcess.Note("late"));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WaitAsync(Patience));
        Assert.False(late.IsCompleted);
        world.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(late.IsCompleted);
        world.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Contains("conformance/a", (await Assert.ThrowsAsync<TimeoutException>(() => late.WaitAsync(Patience))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<TimeoutException>(() => held.WaitAsync(Patience));
        gate.Open();
        Assert.Equal(["cancelled", "late"], await LiveAsync(host, "a"));
    }

    [Fact]
    public async Task An_unknown_kind_a_bad_key_and_a_stopped_host_are_told()
    {
        await using var world = new ProcessWorld();
        var host = await world.StartAsync();
        Assert.Contains("actor, conformance", Assert.Throws<ArgumentException>(() => host.Get("nobody", "a")).Message, StringComparison.Ordinal);
        Assert.ThrowsAny<ArgumentException>(() => host.Get("actor", ""));
        Assert.ThrowsAny<ArgumentException>(() => host.Get("actor", new string('x', 5000)));
        await Assert.ThrowsAsync<ArgumentException>(async () => await host.CallAsync(Actor("a"), "no such message"));
        await Assert.ThrowsAsync<InvalidCastException>(() => host.Get("conformance", "a").CallAsync<string>(Nothing));
        await host.StopAsync();
        await Assert.ThrowsAsync<ProcessHostStoppedException>(() => host.CallAsync(Process("a"), Nothing));
        await Assert.ThrowsAsync<ProcessHostStoppedException>(() => host.CastAsync(Process("a"), Nothing).AsTask());
    }

    [Fact]
    [Trait("Requirement", "p.3")]
    [Trait("Requirement", "p.8")]
    public async Task After_an_await_of_something_else_a_handler_is_on_its_turn_again_and_what_it_persists_is_one_append()
    {
        await using var world = new ProcessWorld();
        var appends = 0;
        world.Journal.BeforeAppend = stream =>
        {
            Interlocked.Add(ref appends, stream == "conformance/a" ? 1 : 0);
            return Task.CompletedTask;
        };
        var host = await world.StartAsync();
        for (var round = 0; round < 100; round++)
        {
            await DoAsync(host, "a", async p =>
            {
                await Task.Run(() => { });
                for (var i = 0; i < 20; i++)
                    _ = p.Keep($"{i}");
                p.Tell(Process("b"), new ConformanceNote("sent"));
                await Task.Run(() => { });
                return null;
            });
        }

        Assert.Equal(100, appends);
        Assert.Equal(2000, (await LiveAsync(host, "a")).Count);
        await world.ReachedAsync("conformance/b", 100);
    }

    [Fact]
    [Trait("Requirement", "p.3")]
    public async Task What_a_handler_sends_while_its_events_are_being_stored_is_stored_too()
    {
        await using var world = new ProcessWorld();
        var host = await world.StartAsync();
        await NoteAsync(host, "a", "0");
        var (storing, other) = (new Gate(), new TaskCompletionSource());
        world.Journal.BeforeAppend = stream => stream == "conformance/a" ? storing.PassAsync() : Task.CompletedTask;
        var call = host.CallAsync(Process("a"), ConformanceProcess.Do(async p =>
        {
            var kept = p.Keep("1");
            await other.Task;
            p.Tell(Process("b"), new ConformanceNote("sent"));
            await kept;
            return null;
        }));
        await storing.Entered;
        other.SetResult(); // its code goes on once the append is done, not beside it
        storing.Open();
        await call.WaitAsync(Patience);
        await world.ReachedAsync("conformance/b", 1);
        Assert.Equal(["sent"], await world.StoredAsync("conformance/b"));
    }

    [Fact]
    [Trait("Requirement", "p.3")]
    public async Task No_other_message_is_handled_before_a_handler_has_ended_whose_events_could_not_be_stored()
    {
        await using var world = new ProcessWorld();
        var host = await world.StartAsync();
        world.Journal.BeforeAppend = stream => stream == "conformance/a" ? throw new VersionConflictException(stream, default, default) : Task.CompletedTask;
        var gate = new Gate();
        var ended = false;
        var failing = host.CallAsync(Process("a"), ConformanceProcess.Do(async p =>
        {
            await Assert.ThrowsAsync<VersionConflictException>(() => p.Keep("1"));
            await gate.PassAsync();
            ended = true;
            return "fine";
        }));
        await gate.Entered;
        world.Journal.BeforeAppend = null;
        var next = host.CallAsync(Process("a"), ConformanceProcess.Do(_ => new ValueTask<object?>(ended)));
        Assert.False(next.IsCompleted);
        gate.Open();
        await Assert.ThrowsAsync<VersionConflictException>(() => failing.WaitAsync(Patience));
        Assert.Equal(true, await next.WaitAsync(Patience));
    }

    private static Func<ConformanceProcess, ValueTask<object?>> Hold(Gate gate) => ConformanceProcess.Do(async _ =>
    {
        await gate.PassAsync();
        return null;
    });
}
