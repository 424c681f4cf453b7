using Orleans.Persist.Core.Tests.Support;
using Orleans.Persist.Sources;
using Orleans.Persist.TestKit;

namespace Orleans.Persist.Core.Tests.Sources;

[Trait("Requirement", "g.0.3")]
public sealed class ExportFailureTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly ManualTimeProvider _time = new();
    private readonly TestStorage _storage;

    public ExportFailureTests() => _storage = new TestStorage(_time);

    [Fact]
    public async Task A_failed_export_is_recorded_and_the_last_good_one_stays_valid_and_the_next_trigger_tries_again()
    {
        var engine = await TestEngine.StartAsync(_storage, _time, sinks: new LogSink("a"));
        await engine.PublishAsync(1, 2);
        await engine.ReachedAsync(2);
        await engine.ExportAsync();
        await engine.PublishAsync(3, 4);
        await engine.ReachedAsync(4);
        _storage.Snapshots.BeforeSave = (_, _) => throw new IOException("the disk is full");
        await engine.ExportAsync();

        var failed = await engine.StatusAsync("a");
        Assert.Equal((1, 1, 2, "the disk is full"), (failed.Exports, failed.FailedExports, failed.ExportedVersion, failed.LastError));
        await engine.CrashAsync();
        var sink = new LogSink("a");
        await using var again = await TestEngine.StartAsync(_storage, _time, sinks: sink);
        Assert.Equal(2, sink.Imported);
        _storage.Snapshots.BeforeSave = null;
        await sink.ReachedAsync(4);
        await again.ExportAsync();
        var good = await again.StatusAsync("a");
        Assert.Equal((2, 1, 4, null), (good.Exports, good.FailedExports, good.ExportedVersion, good.LastError));
    }

    [Fact]
    public async Task An_export_that_hangs_past_its_limit_has_failed_and_its_late_write_overwrites_nothing()
    {
        var gate = new Gate();
        var options = TestEngine.Quiet();
        options.ExportTimeout = TimeSpan.FromSeconds(10);
        var engine = await TestEngine.StartAsync(_storage, _time, options, new LogSink("a"));
        var late = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _storage.Snapshots.BeforeSave = (_, snapshot) => snapshot.Version == 1 ? HoldAsync() : Task.CompletedTask;
        await engine.PublishAsync(1, 1);
        await engine.ReachedAsync(1);
        var hanging = engine.ExportAsync();
        await gate.Entered;

        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(hanging.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        await hanging;
        var failed = await engine.StatusAsync("a");
        Assert.Equal((0, 1), (failed.Exports, failed.FailedExports));
        Assert.Contains("00:00:10", failed.LastError, StringComparison.Ordinal);

        await engine.PublishAsync(2, 2);
        await engine.ReachedAsync(2);
        await engine.ExportAsync();
        Assert.Equal(2, (await engine.StatusAsync("a")).ExportedVersion);
        gate.Open();
        await late.Task.WaitAsync(Patience);
        await engine.CrashAsync();
        var sink = new LogSink("a");
        await using var again = await TestEngine.StartAsync(_storage, _time, sinks: sink);
        Assert.Equal(2, sink.Imported);

        async Task HoldAsync()
        {
            await gate.PassAsync();
            late.SetResult();
        }
    }

    [Fact]
    public async Task A_capture_that_hangs_is_recorded_as_failed_and_holds_up_neither_the_source_nor_other_sinks()
    {
        using var captured = new SemaphoreSlim(0);
        using var release = new SemaphoreSlim(0);
        var stuck = new LogSink("stuck")
        {
            BeforeSerialize = () =>
            {
                captured.Release();
                release.Wait(Patience);
            },
        };
        var other = new LogSink("other");
        await using var engine = await TestEngine.StartAsync(_storage, _time, sinks: [stuck, other]);
        await engine.PublishAsync(1, 1);
        await engine.ReachedAsync(1);
        var export = engine.ExportAsync("stuck");
        Assert.True(await captured.WaitAsync(Patience));

        await engine.PublishAsync(2, 2);
        await other.ReachedAsync(2);
        await engine.ExportAsync("other");
        _time.Advance(TimeSpan.FromMinutes(1));
        await export;

        Assert.Equal((0, 1), ((await engine.StatusAsync("stuck")).Exports, (await engine.StatusAsync("stuck")).FailedExports));
        Assert.Equal(2, (await engine.StatusAsync("other")).ExportedVersion);
        stuck.BeforeSerialize = null;
        release.Release();
        await stuck.ReachedAsync(2);
        await engine.ExportAsync("stuck");
        Assert.Equal((1, 1), ((await engine.StatusAsync("stuck")).Exports, (await engine.StatusAsync("stuck")).FailedExports));
        Assert.DoesNotContain(_storage.Snapshots.Begun, s => s.Owner.EndsWith("/stuck", StringComparison.Ordinal) && s.Version == 1);
    }

    [Fact]
    public async Task A_truncation_that_hangs_after_an_export_does_not_hold_up_the_next_one_for_ever()
    {
        var options = TestEngine.Quiet();
        options.TruncateExported = true;
        await using var engine = await TestEngine.StartAsync(_storage, _time, options, new LogSink("a"));
        for (var i = 1; i <= 2; i++)
        {
            await engine.PublishAsync(i, i);
            await engine.ReachedAsync(i);
            await engine.ExportAsync();
        }

        var gate = new Gate();
        _storage.Journal.BeforeTruncate = _ => gate.PassAsync();
        await engine.PublishAsync(3, 3);
        await engine.ReachedAsync(3);
        var export = engine.ExportAsync();
        await gate.Entered;
        _time.Advance(options.ExportTimeout);
        await export;

        await engine.PublishAsync(4, 4);
        await engine.ReachedAsync(4);
        _storage.Journal.BeforeTruncate = null;
        await engine.ExportAsync();
        Assert.Equal((4, 0, 4), ((await engine.StatusAsync("a")).Exports, (await engine.StatusAsync("a")).FailedExports, (await engine.StatusAsync("a")).ExportedVersion));
    }

    [Fact]
    public async Task An_export_whose_sink_dies_has_failed_and_other_sinks_go_on()
    {
        var gate = new Gate();
        var dying = new LogSink("dying");
        var other = new LogSink("other");
        await using var engine = await TestEngine.StartAsync(_storage, _time, sinks: [dying, other]);
        await engine.PublishAsync(1, 2);
        await engine.ReachedAsync(2);
        await engine.ExportAsync("dying");
        dying.BeforeApply = async @event =>
        {
            await gate.PassAsync();
            throw new InvalidOperationException("poison");
        };
        await engine.PublishAsync(3, 3);
        await gate.Entered;
        var export = engine.ExportAsync("dying"); // due, and the sink cannot take it any more

        gate.Open();
        await export;
        await engine.PublishAsync(4, 4);
        await other.ReachedAsync(4);
        await _storage.NotedAsync(TestEngine.SourceName, "SinkStopped", 1);

        var status = await engine.StatusAsync("dying");
        Assert.Equal((false, 1, 1, 2, 2), (status.Online, status.Exports, status.FailedExports, status.ExportedVersion, status.Version));
        Assert.Contains("gateway#1.3", status.LastError, StringComparison.Ordinal);
        Assert.Contains("poison", status.LastError, StringComparison.Ordinal);
        Assert.Equal(TestEngine.Numbers(1, 2), dying.State.Applied); // memory is not ahead
        Assert.True((await engine.StatusAsync("other")).Online);
        Assert.Contains("poison", Assert.Single(engine.Engine.Problems), StringComparison.Ordinal);
        Assert.True(engine.Engine.IsReady);

        var revived = new LogSink("dying");
        await engine.Source.StartSinkAsync(revived);
        await revived.ReachedAsync(4);
        Assert.Equal(TestEngine.Numbers(1, 4), revived.State.Applied);
        Assert.Empty(engine.Engine.Problems);
    }

    [Fact]
    public async Task An_export_that_the_process_did_not_survive_is_recorded_as_failed()
    {
        var gate = new Gate();
        var engine = await TestEngine.StartAsync(_storage, _time, sinks: new LogSink("a"));
        await engine.PublishAsync(1, 2);
        await engine.ReachedAsync(2);
        await engine.ExportAsync();
        await engine.PublishAsync(3, 3);
        await engine.ReachedAsync(3);
        _storage.Snapshots.BeforeSave = (_, _) => gate.PassAsync();
        _ = engine.ExportAsync();
        await gate.Entered;
        await engine.CrashAsync();
        _storage.Snapshots.BeforeSave = null;

        var sink = new LogSink("a");
        await using var again = await TestEngine.StartAsync(_storage, _time, sinks: sink);

        var status = await again.StatusAsync("a");
        Assert.Equal((1, 1, 2), (status.Exports, status.FailedExports, status.ExportedVersion));
        Assert.Equal(2, sink.Imported);
        await sink.ReachedAsync(3);
        await again.ExportAsync();
        Assert.Equal((2, 3, 3), ((await again.StatusAsync("a")).Exports, (await again.StatusAsync("a")).ExportNumber, (await again.StatusAsync("a")).ExportedVersion));
    }

    [Fact]
    public async Task An_export_whose_success_could_not_be_recorded_counts_after_a_crash()
    {
        var engine = await TestEngine.StartAsync(_storage, _time, sinks: new LogSink("a"));
        await engine.PublishAsync(1, 2);
        await engine.ReachedAsync(2);
        var appends = 0;
        _storage.Journal.BeforeAppend = _ => ++appends > 1 ? throw new IOException("the journal is gone") : Task.CompletedTask;
        await engine.ExportAsync(); // the start is noted, the end is not
        await engine.CrashAsync();
        _storage.Journal.BeforeAppend = null;

        var sink = new LogSink("a");
        await using var again = await TestEngine.StartAsync(_storage, _time, sinks: sink);

        Assert.Equal(2, sink.Imported);
        var status = await again.StatusAsync("a");
        Assert.Equal((1, 0, 2), (status.Exports, status.FailedExports, status.ExportedVersion));
    }

    [Fact]
    public async Task What_could_not_be_recorded_is_recorded_with_the_next_change()
    {
        var engine = await TestEngine.StartAsync(_storage, _time, sinks: new LogSink("a"));
        await engine.PublishAsync(1, 1);
        await engine.ReachedAsync(1);
        _storage.Journal.BeforeAppend = _ => throw new IOException("the journal is gone");
        _storage.Snapshots.BeforeSave = (_, _) => throw new IOException("the disk is gone");
        await engine.ExportAsync();
        _storage.Journal.BeforeAppend = null;
        _storage.Snapshots.BeforeSave = null;
        await engine.ExportAsync();
        await engine.CrashAsync();

        await using var again = await TestEngine.StartAsync(_storage, _time);

        var status = await again.StatusAsync("a");
        Assert.Equal((1, 1, 1, false), (status.Exports, status.FailedExports, status.ExportedVersion, status.Online));
    }
}
