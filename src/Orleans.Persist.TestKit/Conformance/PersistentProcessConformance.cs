using Orleans.Persist.Journal;
using Orleans.Persist.Processes;
using Xunit;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>Persistent processes on the plug-in: commands persist events, in order, in batches, and are told.</summary>
/// <typeparam name="TFixture">The plug-in under test.</typeparam>
public abstract class PersistentProcessConformance<TFixture> : ProcessConformance<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    [Trait("Requirement", "p.1")]
    [Trait("Requirement", "p.2")]
    public async Task Events_are_stored_not_the_state_and_each_process_has_its_own_stream()
    {
        await using var host = await StartAsync();
        await NoteAsync(host, "a", "one", "two");
        await NoteAsync(host, "b", "three");
        await NoteAsync(host, "a", "four");

        Assert.Equal(["one", "two", "four"], (await LiveAsync(host, "a")).Texts);
        var events = await ReadAsync("conformance/a");
        Assert.Equal(["conformance.happened", "conformance.happened", "conformance.happened"], events.Select(e => e.Type));
        Assert.Equal(["{\"text\":\"one\"}", "{\"text\":\"two\"}", "{\"text\":\"four\"}"], events.Select(Text));
        Assert.Equal([1L], await VersionsAsync("conformance/b"));
        Assert.Equal(["conformance/a", "conformance/b"], (await ListAsync(Journal.ListStreamsAsync("conformance/", Limit))).Select(h => h.Stream).Order());
    }

    [Fact]
    [Trait("Requirement", "p.1")]
    public async Task State_is_recovered_after_a_stop_and_after_a_crash()
    {
        var host = await StartAsync();
        await NoteAsync(host, "a", "one");
        host = await CrashAsync(host);
        Assert.Equal(["one"], (await LiveAsync(host, "a")).Texts);
        await NoteAsync(host, "a", "two");
        await host.StopAsync(Limit);
        await ReopenAsync();

        await using var again = await StartAsync();
        await NoteAsync(again, "a", "three");
        Assert.Equal(["one", "two", "three"], (await LiveAsync(again, "a")).Texts);
        Assert.Equal([1L, 2L, 3L], await VersionsAsync("conformance/a"));
    }

    [Fact]
    [Trait("Requirement", "p.3")]
    public async Task While_a_command_persists_other_messages_wait_and_are_handled_in_order()
    {
        await using var host = await StartAsync();
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = host.CallAsync(Process("a"), ConformanceProcess.Do(async p =>
        {
            await p.Keep("one");
            await release.Task;
            await p.Keep("two");
            return p.At;
        }), Limit);
        var later = Enumerable.Range(3, 20).Select(i => host.CallAsync(Process("a"), ConformanceProcess.Note($"{i}"), Limit)).ToArray();
        await ReachedAsync(host, "a", 1);
        Assert.All(later, call => Assert.False(call.IsCompleted));
        release.SetResult();

        Assert.Equal(2L, await first.WaitAsync(Limit));
        await Task.WhenAll(later).WaitAsync(Limit);
        Assert.Equal([2L, .. Enumerable.Range(3, 19).Select(v => (long)v)], later.Select(call => (long)call.Result!));
        Assert.Equal(["one", "two", .. Enumerable.Range(3, 20).Select(i => $"{i}")], (await LiveAsync(host, "a")).Texts);
    }

    [Fact]
    [Trait("Requirement", "p.3")]
    public async Task When_an_awaited_persist_comes_back_the_event_is_in_the_state_and_in_the_journal()
    {
        await using var host = await StartAsync();
        var seen = await DoAsync(host, "a", async p =>
        {
            var before = p.Log.Texts.Count;
            await p.Keep("one");
            return (before, p.Log.Texts.Count, (await Journal.GetHeadAsync("conformance/a", Limit)).Version);
        });
        Assert.Equal((0, 1, 1L), seen);
    }

    [Fact]
    [Trait("Requirement", "p.4")]
    public async Task The_event_handler_gets_each_event_with_its_sequence_number_once_it_is_durable_and_in_the_state()
    {
        var seen = new List<(string Text, long Version, int InState, long InJournal)>();
        await using var host = await StartAsync(happened: (p, e, version) =>
            seen.Add((e.Text, version, p.Log.Texts.Count, Journal.GetHeadAsync("conformance/a").AsTask().GetAwaiter().GetResult().Version)));
        await NoteAsync(host, "a", "one", "two");
        await NoteAsync(host, "a", "three");
        Assert.Equal([("one", 1L, 1, 2L), ("two", 2L, 2, 2L), ("three", 3L, 3, 3L)], seen);
    }

    [Fact]
    [Trait("Requirement", "p.4")]
    [Trait("Requirement", "p.10")]
    public async Task A_recovery_does_not_call_the_event_handler_but_the_recover_handler()
    {
        var seen = 0;
        var host = await StartAsync();
        await NoteAsync(host, "a", "one", "two");
        host = await CrashAsync(host, () => StartAsync(happened: (_, _, _) => seen++));
        Assert.Equal(2, (await LiveAsync(host, "a")).Replayed);
        Assert.Equal(0, seen);
        await NoteAsync(host, "a", "three");
        Assert.Equal(1, seen);
        Assert.Equal(2, (await LiveAsync(host, "a")).Replayed);
        Assert.Equal(1, await DoAsync(host, "a", p => new ValueTask<object?>(p.Recoveries)));
        await host.StopAsync(Limit);
    }

    [Fact]
    [Trait("Requirement", "p.4")]
    public async Task The_event_handler_may_forward_the_event_to_another_process()
    {
        await using var host = await StartAsync(happened: (p, e, _) =>
        {
            if (p.Id.Key == "a")
                p.Tell(Process("b"), new ConformanceNote($"from a: {e.Text}"));
        });
        await NoteAsync(host, "a", "one", "two");
        Assert.Equal(["from a: one", "from a: two"], await ReachedAsync(host, "b", 2));
    }

    [Fact]
    [Trait("Requirement", "p.5")]
    public async Task Subscribers_get_every_event_in_order_history_and_live()
    {
        await using var host = await StartAsync();
        await NoteAsync(host, "a", "1", "2", "3");
        var early = ReachedAsync(host, "a", 40);
        var many = Enumerable.Range(0, 4).Select(_ => Task.Run(() => ReachedAsync(host, "a", 40))).ToArray();
        for (var i = 4; i <= 40; i++)
            await NoteAsync(host, "a", $"{i}");
        var expected = Enumerable.Range(1, 40).Select(i => $"{i}").ToArray();
        Assert.Equal(expected, await early.WaitAsync(Limit));
        Assert.All(await Task.WhenAll(many).WaitAsync(Limit), texts => Assert.Equal(expected, texts));
    }

    [Fact]
    [Trait("Requirement", "p.6")]
    public async Task Nested_persists_come_after_the_whole_batch()
    {
        var seen = new List<string>();
        await using var host = await StartAsync(happened: (p, e, version) =>
        {
            seen.Add($"{e.Text}-{version}");
            if (e.Text.StartsWith("hello", StringComparison.Ordinal))
                _ = p.Keep("inline-1");
        });
        await NoteAsync(host, "a", "hello-1", "hello-2");
        string[] expected = ["hello-1", "hello-2", "inline-1", "inline-1"];
        Assert.Equal(expected, (await LiveAsync(host, "a")).Texts);
        Assert.Equal(["hello-1-1", "hello-2-2", "inline-1-3", "inline-1-4"], seen);
        Assert.Equal(expected, await ReachedAsync(host, "a", 4));
    }

    [Fact]
    [Trait("Requirement", "p.7")]
    public async Task Persist_all_is_one_write_all_or_none()
    {
        await using var host = await StartAsync();
        await DoAsync(host, "a", async p =>
        {
            await p.KeepAll("one", "two", "three");
            return null;
        });
        Assert.Equal(["one", "two", "three"], (await LiveAsync(host, "a")).Texts);
        await Assert.ThrowsAsync<ArgumentNullException>(() => DoAsync(host, "a", p =>
        {
            _ = p.KeepAll("four", null, "five");
            return new ValueTask<object?>((object?)null);
        }));
        Assert.Equal(["one", "two", "three"], (await LiveAsync(host, "a")).Texts);
        Assert.Equal(3, (await Journal.GetHeadAsync("conformance/a", Limit)).Version);
    }

    [Fact]
    [Trait("Requirement", "p.3")]
    public async Task A_command_that_throws_has_stored_what_it_awaited_and_nothing_else()
    {
        await using var host = await StartAsync();
        await Assert.ThrowsAsync<FormatException>(() => DoAsync(host, "a", async p =>
        {
            await p.Keep("one");
            _ = p.Keep("two");
            throw new FormatException("No.");
        }));
        Assert.Equal(["one"], (await LiveAsync(host, "a")).Texts);
        await NoteAsync(host, "a", "three");
        Assert.Equal(["one", "three"], await ReachedAsync(host, "a", 2));
    }

    [Fact]
    [Trait("Requirement", "p.3")]
    public async Task What_another_writer_has_appended_stops_the_process_and_its_next_message_recovers_it()
    {
        await using var host = await StartAsync();
        await NoteAsync(host, "a", "one");
        await AppendAsync("conformance/a", new EventData { Type = "conformance.happened", Data = "{\"text\":\"foreign\"}"u8.ToArray() });

        await Assert.ThrowsAsync<VersionConflictException>(() => NoteAsync(host, "a", "two"));
        await NoteAsync(host, "a", "three");
        Assert.Equal(["one", "foreign", "three"], (await LiveAsync(host, "a")).Texts);
    }

    [Fact]
    [Trait("Requirement", "p.1")]
    public async Task Many_processes_at_once_each_keep_their_own_order()
    {
        const int Processes = 30, Each = 20;
        var host = await StartAsync();
        await Task.WhenAll(Enumerable.Range(0, Processes).SelectMany(p => Enumerable.Range(0, Each).Select(i => host.CallAsync(Process($"{p}"), ConformanceProcess.Note($"{i}"), Limit)))).WaitAsync(Limit);
        host = await CrashAsync(host);
        foreach (var p in Enumerable.Range(0, Processes))
            Assert.Equal(Enumerable.Range(0, Each).Select(i => $"{i}"), (await LiveAsync(host, $"{p}")).Texts);
        await host.StopAsync(Limit);
    }
}
