using Orleans.Persist.Core.Tests.Support;
using Orleans.Persist.Journal;
using Orleans.Persist.Sources;
using Orleans.Persist.TestKit;

namespace Orleans.Persist.Core.Tests.Sources;

public sealed class SinkLifecycleTests
{
    private const string Exports = "$sink/gateway/a";
    private readonly ManualTimeProvider _time = new();
    private readonly TestStorage _storage;

    public SinkLifecycleTests() => _storage = new TestStorage(_time);

    [Fact]
    [Trait("Requirement", "g.0.2")]
    public async Task A_sink_that_goes_offline_exports_first()
    {
        await using var engine = await TestEngine.StartAsync(_storage, _time, sinks: new LogSink("a"));
        await engine.PublishAsync(1, 7);
        await engine.ReachedAsync(7);

        await engine.Source.StopSinkAsync("a");

        var status = await engine.StatusAsync("a");
        Assert.Equal((false, 7, 7, 1), (status.Online, status.Version, status.ExportedVersion, status.Exports));
        await engine.PublishAsync(8, 9);
        Assert.Equal(2, (await engine.StatusAsync("a")).Behind);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await engine.Source.ExportAsync("a"));
        await engine.Source.StopSinkAsync("a"); // once more does nothing
    }

    [Fact]
    [Trait("Requirement", "g.0.2")]
    public async Task A_sink_that_goes_offline_during_an_export_exports_once_more_after_it()
    {
        var gate = new Gate();
        var sink = new LogSink("a");
        await using var engine = await TestEngine.StartAsync(_storage, _time, sinks: sink);
        _storage.Snapshots.BeforeSave = (_, snapshot) => snapshot.Version == 1 ? gate.PassAsync() : Task.CompletedTask;
        await engine.PublishAsync(1, 1);
        await sink.ReachedAsync(1);
        _ = engine.ExportAsync();
        await gate.Entered;
        await engine.PublishAsync(2, 3);
        await sink.ReachedAsync(3);

        var stop = engine.Source.StopSinkAsync("a").AsTask();
        Assert.False(stop.IsCompleted);
        gate.Open();
        await stop.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal([1, 3], _storage.Snapshots.Begun.Select(s => s.Version));
        Assert.Equal((2, 0), ((await engine.StatusAsync("a")).Exports, (await engine.StatusAsync("a")).FailedExports));
    }

    [Fact]
    public async Task An_export_of_another_type_of_state_is_not_imported_but_everything_is_replayed()
    {
        await using (var engine = await TestEngine.StartAsync(_storage, _time, sinks: new LogSink("a") { Typed = "cart" }))
        {
            await engine.PublishAsync(1, 3);
            await engine.ReachedAsync(3);
        }

        var sink = new LogSink("a") { Typed = "order" };
        await using var again = await TestEngine.StartAsync(_storage, _time, sinks: sink);
        await again.ReachedAsync(3);
        Assert.Equal((0, 3), (sink.Imported, sink.Given));
    }

    [Fact]
    [Trait("Requirement", "g.3.0")]
    public async Task A_sink_that_comes_back_is_registered_with_the_version_that_its_imported_state_covers()
    {
        var first = await TestEngine.StartAsync(_storage, _time, sinks: new LogSink("a"));
        await first.PublishAsync(1, 50);
        await first.ReachedAsync(50);
        await first.ExportAsync();
        await first.PublishAsync(51, 80);
        await first.ReachedAsync(80);
        await first.CrashAsync();

        await using var second = await TestEngine.StartAsync(_storage, _time, sinks: new LogSink("a"));

        Assert.Contains("\"registered\":50", await LastNotedAsync("SinkRegistered"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_of_a_deleted_incarnation_is_not_imported()
    {
        var first = await TestEngine.StartAsync(_storage, _time, sinks: new LogSink("a"));
        await first.PublishAsync(1, 5);
        await first.ReachedAsync(5);
        await first.Engine.StopAsync();
        await _storage.Memory.DeleteAsync(TestEngine.SourceName, ExpectedVersion.Any);
        await first.PublishAsync(100, 109);

        var sink = new LogSink("a");
        await using var second = await TestEngine.StartAsync(_storage, _time, sinks: sink);
        await sink.ReachedAsync(10);

        Assert.Equal(0, sink.Imported);
        Assert.Equal(TestEngine.Numbers(100, 109), sink.State.Applied);
        await second.ExportAsync();
        Assert.Equal((10, 0), ((await second.StatusAsync("a")).ExportedVersion, (await second.StatusAsync("a")).FailedExports));
    }

    [Fact]
    public async Task A_sink_whose_events_were_truncated_away_does_not_start_and_says_why()
    {
        var first = await TestEngine.StartAsync(_storage, _time, sinks: new LogSink("a"));
        await first.PublishAsync(1, 5);
        await first.ReachedAsync(5);
        await first.Engine.StopAsync();
        await first.PublishAsync(6, 20);
        await _storage.Memory.TruncateAsync(TestEngine.SourceName, 10);

        await using var second = await TestEngine.StartAsync(_storage, _time, sinks: [new LogSink("a"), new LogSink("b")]);

        var status = await second.StatusAsync("a");
        Assert.False(status.Online);
        Assert.Contains("events 6 to 9 are gone", status.LastError, StringComparison.Ordinal);
        Assert.Contains("events 6 to 9 are gone", Assert.Single(second.Engine.Problems), StringComparison.Ordinal);
        var b = second.Sinks[1]; // one that was never there begins with what is held
        await b.ReachedAsync(20);
        Assert.Equal(TestEngine.Numbers(10, 20), b.State.Applied);
        await second.Source.ForgetSinkAsync("a");
        Assert.Equal(["b"], (await second.Source.GetSinksAsync()).Select(s => s.Name));
        Assert.Empty(second.Engine.Problems);
        var anew = new LogSink("a");
        await second.Source.StartSinkAsync(anew);
        await anew.ReachedAsync(20);
        Assert.Equal(TestEngine.Numbers(10, 20), anew.State.Applied);
    }

    [Fact]
    public async Task A_truncation_takes_nothing_from_a_source_that_was_deleted_and_begun_anew_meanwhile()
    {
        var options = TestEngine.Quiet();
        options.TruncateExported = true;
        await using var engine = await TestEngine.StartAsync(_storage, _time, options, new LogSink("a"));
        _storage.Journal.BeforeTruncate = async stream =>
        {
            if (stream != TestEngine.SourceName)
                return;
            await _storage.Memory.DeleteAsync(stream, ExpectedVersion.Any);
            await _storage.Memory.AppendAsync(stream, ExpectedVersion.Any, Enumerable.Range(1, 9).Select(TestEngine.Event).ToArray());
        };
        for (var i = 1; i <= _storage.Snapshots.Keep; i++)
        {
            await engine.PublishAsync(i, i);
            await engine.ReachedAsync(i);
            await engine.ExportAsync();
        }

        var head = await _storage.Memory.GetHeadAsync(TestEngine.SourceName);
        Assert.Equal((2, 9L, 1L), (head.Incarnation, head.Version, head.FirstVersion));
    }

    [Fact]
    public async Task Exported_events_are_kept_back_to_the_oldest_export_that_an_import_could_fall_back_on()
    {
        var options = TestEngine.Quiet();
        options.TruncateExported = true;
        var first = await TestEngine.StartAsync(_storage, _time, options, new LogSink("a"), new LogSink("b"));
        for (var i = 1; i <= 5; i++)
        {
            await first.PublishAsync((i * 10) - 9, i * 10);
            await first.ReachedAsync(i * 10);
            await first.ExportAsync("a");
            if (i <= 3)
                Assert.Equal(1, (await first.Source.GetHeadAsync()).FirstVersion); // b has not exported
            if (i >= 3)
                await first.ExportAsync("b");
        }

        Assert.Equal(31, (await first.Source.GetHeadAsync()).FirstVersion); // both keep 30, 40 and 50
        await first.CrashAsync();
        await _storage.Snapshots.DamageNewestAsync(Exports, 2);
        var sink = new LogSink("a");
        await using var second = await TestEngine.StartAsync(_storage, _time, options, sink);
        await sink.ReachedAsync(50);
        Assert.Equal(30, sink.Imported);
        Assert.Equal(TestEngine.Numbers(1, 50), sink.State.Applied);
    }

    [Fact]
    public async Task A_slow_sink_holds_up_nobody()
    {
        var gate = new Gate();
        var slow = new LogSink("slow") { BeforeApply = _ => gate.PassAsync() };
        var quick = new LogSink("quick");
        await using var engine = await TestEngine.StartAsync(_storage, _time, sinks: [slow, quick]);

        await engine.PublishAsync(1, 100);
        await quick.ReachedAsync(100);

        Assert.Equal((0, 100), ((await engine.StatusAsync("slow")).Version, (await engine.StatusAsync("slow")).Behind));
        gate.Open();
        await slow.ReachedAsync(100);
    }

    [Fact]
    public async Task A_sink_waits_for_a_journal_that_is_unavailable_and_goes_on()
    {
        var sink = new LogSink("a");
        await using var engine = await TestEngine.StartAsync(_storage, _time, sinks: sink);
        var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _storage.Journal.BeforeRead = stream =>
        {
            if (stream != TestEngine.SourceName)
                return;
            failed.TrySetResult();
            throw new JournalUnavailableException("the network is gone");
        };
        await engine.PublishAsync(1, 3);
        await failed.Task.WaitAsync(TimeSpan.FromSeconds(30));
        _storage.Journal.BeforeRead = null;

        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var reached = sink.ReachedAsync(3);
        while (!reached.IsCompleted)
        {
            timeout.Token.ThrowIfCancellationRequested();
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(TestEngine.Numbers(1, 3), sink.State.Applied);
        Assert.True((await engine.StatusAsync("a")).Online);
    }

    [Fact]
    [Trait("Requirement", "g.0.2")]
    public async Task Stopping_while_exports_fall_due_by_count_ends_without_any_time_limit()
    {
        var options = TestEngine.Quiet();
        options.ExportEvery = 1;
        var sink = new LogSink("a");
        await using var engine = await TestEngine.StartAsync(_storage, _time, options, sink);
        for (var i = 1; i <= 300; i++)
        {
            await engine.PublishAsync(i, i);
            for (var spin = i % 10; spin > 0; spin--)
                await Task.Yield();
            await engine.Source.StopSinkAsync("a").AsTask().WaitAsync(TimeSpan.FromSeconds(30)); // the clock stands still
            await engine.Source.StartSinkAsync(sink);
        }

        await sink.ReachedAsync(300);
        Assert.Equal(TestEngine.Numbers(1, 300), sink.State.Applied);
        Assert.Equal(0, (await engine.StatusAsync("a")).FailedExports);
    }

    [Fact]
    [Trait("Requirement", "g.2.1")]
    public async Task A_sink_that_waits_for_an_unavailable_journal_still_exports_when_it_is_stopped()
    {
        var sink = new LogSink("a");
        await using var engine = await TestEngine.StartAsync(_storage, _time, sinks: sink);
        await engine.PublishAsync(1, 2);
        await sink.ReachedAsync(2);
        var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _storage.Journal.BeforeRead = stream =>
        {
            if (stream != TestEngine.SourceName)
                return;
            failed.TrySetResult();
            throw new JournalUnavailableException("the network is gone");
        };
        await engine.PublishAsync(3, 3);
        await failed.Task.WaitAsync(TimeSpan.FromSeconds(30));

        await engine.Source.StopSinkAsync("a").AsTask().WaitAsync(TimeSpan.FromSeconds(30)); // the clock stands still

        var status = await engine.StatusAsync("a");
        Assert.Equal((false, 2, 1, 0), (status.Online, status.ExportedVersion, status.Exports, status.FailedExports));
    }

    [Fact]
    public async Task A_sink_whose_source_is_deleted_while_it_runs_stops_and_says_why_and_begins_anew_when_started_again()
    {
        var sink = new LogSink("a");
        await using var engine = await TestEngine.StartAsync(_storage, _time, sinks: sink);
        await engine.PublishAsync(1, 5);
        await sink.ReachedAsync(5);
        await engine.ExportAsync();

        await _storage.Memory.DeleteAsync(TestEngine.SourceName, ExpectedVersion.Any);
        await engine.PublishAsync(100, 101);
        await _storage.NotedAsync(TestEngine.SourceName, "SinkStopped", 1);

        Assert.Contains("incarnation", Assert.Single(engine.Engine.Problems), StringComparison.OrdinalIgnoreCase);
        var anew = new LogSink("a");
        await engine.Source.StartSinkAsync(anew);
        await anew.ReachedAsync(2);
        Assert.Equal(TestEngine.Numbers(100, 101), anew.State.Applied);
        Assert.Empty(engine.Engine.Problems);
    }

    [Fact]
    public async Task An_error_of_any_length_can_be_noted()
    {
        var sink = new LogSink("a") { BeforeApply = _ => throw new InvalidOperationException(new string('x', 20_000_000)) };
        var engine = await TestEngine.StartAsync(_storage, _time, sinks: sink);
        await engine.PublishAsync(1, 1);
        await _storage.NotedAsync(TestEngine.SourceName, "SinkStopped", 1);
        await engine.CrashAsync();

        await using var again = await TestEngine.StartAsync(_storage, _time);
        Assert.InRange((await again.StatusAsync("a")).LastError!.Length, 100, 1_001);
    }

    [Fact]
    public async Task Two_sinks_of_one_name_do_not_run_at_once()
    {
        await using var engine = await TestEngine.StartAsync(_storage, _time, sinks: new LogSink("a"));

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await engine.Source.StartSinkAsync(new LogSink("a")));
        await Assert.ThrowsAsync<ArgumentException>(async () => await engine.Source.StartSinkAsync(new LogSink("$a")));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await engine.Source.ForgetSinkAsync("a"));
    }

    [Fact]
    public async Task Names_with_slashes_do_not_meet()
    {
        await using var engine = await TestEngine.StartAsync(_storage, _time);
        var one = engine.Engine.GetSource("x/y");
        var two = engine.Engine.GetSource("x");
        await one.PublishAsync(new[] { TestEngine.Event(1) });
        await two.PublishAsync(new[] { TestEngine.Event(2) });
        var (z, yz) = (new LogSink("z"), new LogSink("y/z"));
        await one.StartSinkAsync(z);
        await two.StartSinkAsync(yz);
        await Task.WhenAll(z.ReachedAsync(1), yz.ReachedAsync(1));
        await one.StopSinkAsync("z");
        await two.StopSinkAsync("y/z");

        var (first, second) = (new LogSink("z"), new LogSink("y/z"));
        await one.StartSinkAsync(first);
        await two.StartSinkAsync(second);

        Assert.Equal(["1"], first.State.Applied);
        Assert.Equal(["2"], second.State.Applied);
    }

    [Fact]
    public async Task What_a_source_notes_of_its_sinks_stays_small_and_survives()
    {
        await using (var engine = await TestEngine.StartAsync(_storage, _time, sinks: new LogSink("a")))
        {
            await engine.PublishAsync(1, 1);
            await engine.ReachedAsync(1);
            for (var i = 0; i < 500; i++)
                await engine.ExportAsync();
            var head = await _storage.Memory.GetHeadAsync("$source/gateway");
            Assert.InRange(head.Version - head.FirstVersion, 1, 600);
            Assert.True(head.FirstVersion > 1);
        }

        await using var again = await TestEngine.StartAsync(_storage, _time);
        Assert.Equal((501, 501), ((await again.StatusAsync("a")).Exports, (await again.StatusAsync("a")).ExportNumber));
    }

    private async Task<string> LastNotedAsync(string type)
    {
        var last = "";
        await foreach (var @event in _storage.Memory.ReadAsync("$source/gateway", new ReadRequest { Filter = new EventFilter { Types = [type] } }))
            last = System.Text.Encoding.UTF8.GetString(@event.Data.Span);
        return last;
    }
}
