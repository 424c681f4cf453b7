using Orleans.Persist.Core.Tests.Support;
using Orleans.Persist.Sources;
using Orleans.Persist.TestKit;

namespace Orleans.Persist.Core.Tests.Sources;

public sealed class ExportTriggerTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly TestStorage _storage;

    public ExportTriggerTests() => _storage = new TestStorage(_time);

    [Fact]
    [Trait("Requirement", "g.0.0.a")]
    public async Task Every_n_events_each_sink_exports_and_not_before()
    {
        await using var engine = await TestEngine.StartAsync(_storage, _time, Every(10), new LogSink("a"), new LogSink("b"));
        await engine.PublishAsync(1, 9);
        await engine.ReachedAsync(9);
        Assert.Empty(_storage.Snapshots.Begun);

        await engine.PublishAsync(10, 10);
        await _storage.NotedAsync(TestEngine.SourceName, "ExportSucceeded", 2);

        Assert.All(await engine.Source.GetSinksAsync(), s => Assert.Equal((1, 10, 1), (s.ExportNumber, s.ExportedVersion, s.Exports)));
        await engine.PublishAsync(11, 19);
        await engine.ReachedAsync(19);
        Assert.Equal(2, _storage.Snapshots.Begun.Count);
        await engine.PublishAsync(20, 20);
        await _storage.NotedAsync(TestEngine.SourceName, "ExportSucceeded", 4);
        Assert.All(await engine.Source.GetSinksAsync(), s => Assert.Equal((2, 20), (s.ExportNumber, s.ExportedVersion)));
    }

    [Fact]
    [Trait("Requirement", "g.0.0.a")]
    public async Task Events_are_counted_across_a_crash()
    {
        var first = await TestEngine.StartAsync(_storage, _time, Every(10), new LogSink("a"));
        await first.PublishAsync(1, 6);
        await first.ReachedAsync(6);
        await first.CrashAsync();

        await using var second = await TestEngine.StartAsync(_storage, _time, Every(10), new LogSink("a"));
        await second.PublishAsync(7, 9);
        await second.ReachedAsync(9);
        Assert.Empty(_storage.Snapshots.Begun);
        await second.PublishAsync(10, 10);
        await _storage.NotedAsync(TestEngine.SourceName, "ExportSucceeded", 1);

        Assert.Equal(10, (await second.StatusAsync("a")).ExportedVersion);
    }

    [Fact]
    [Trait("Requirement", "g.0.0.a")]
    public async Task An_export_that_a_crash_prevented_is_made_after_the_replay()
    {
        var first = await TestEngine.StartAsync(_storage, _time);
        await first.PublishAsync(1, 12);
        await first.CrashAsync();

        await using var second = await TestEngine.StartAsync(_storage, _time, Every(10), new LogSink("a"));
        await _storage.NotedAsync(TestEngine.SourceName, "ExportSucceeded", 1);

        Assert.Equal(12, (await second.StatusAsync("a")).ExportedVersion);
    }

    [Fact]
    [Trait("Requirement", "g.0.0.b")]
    public async Task After_the_interval_each_sink_with_news_exports()
    {
        await using var engine = await TestEngine.StartAsync(_storage, _time, Interval(60), new LogSink("a"), new LogSink("b"));
        await engine.PublishAsync(1, 3);
        await engine.ReachedAsync(3);
        await SettledAsync(engine, 3);
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Empty(_storage.Snapshots.Begun);

        _time.Advance(TimeSpan.FromSeconds(1));
        await _storage.NotedAsync(TestEngine.SourceName, "ExportSucceeded", 2);
        Assert.All(await engine.Source.GetSinksAsync(), s => Assert.Equal((3, _time.GetUtcNow()), (s.ExportedVersion, s.LastExport)));

        _time.Advance(TimeSpan.FromSeconds(60)); // nothing new
        Assert.Equal(2, _storage.Snapshots.Begun.Count);
        await engine.PublishAsync(4, 4);
        await engine.ReachedAsync(4);
        await SettledAsync(engine, 4);
        _time.Advance(TimeSpan.FromSeconds(60));
        await _storage.NotedAsync(TestEngine.SourceName, "ExportSucceeded", 4);
        Assert.All(await engine.Source.GetSinksAsync(), s => Assert.Equal(4, s.ExportedVersion));
    }

    [Fact]
    [Trait("Requirement", "g.0.1")]
    public async Task Triggers_during_an_export_are_remembered_and_run_once_after_it()
    {
        var gate = new Gate();
        await using var engine = await TestEngine.StartAsync(_storage, _time, sinks: [new LogSink("a"), new LogSink("b")]);
        _storage.Snapshots.BeforeSave = (owner, snapshot) => owner.EndsWith("/a", StringComparison.Ordinal) && snapshot.Version == 2 ? gate.PassAsync() : Task.CompletedTask;
        await engine.PublishAsync(1, 2);
        await engine.ReachedAsync(2);
        var running = engine.ExportAsync("a");
        await gate.Entered;

        await engine.PublishAsync(3, 5); // the source goes on, and so do the sinks
        await engine.ReachedAsync(5);
        Task[] triggers = [engine.ExportAsync("a"), engine.ExportAsync("a"), engine.ExportAsync("a")];
        await engine.ExportAsync("b"); // another sink is not held up

        Assert.Equal(5, (await engine.StatusAsync("b")).ExportedVersion);
        Assert.False(running.IsCompleted || triggers.Any(t => t.IsCompleted));
        Assert.Single(_storage.Snapshots.Begun, s => s.Owner.EndsWith("/a", StringComparison.Ordinal));
        gate.Open();
        await running;
        await Task.WhenAll(triggers);
        var status = await engine.StatusAsync("a");
        Assert.Equal((2, 2, 5), (status.Exports, status.ExportNumber, status.ExportedVersion));
        Assert.Equal([2, 5], _storage.Snapshots.Begun.Where(s => s.Owner.EndsWith("/a", StringComparison.Ordinal)).Select(s => s.Version));
    }

    [Fact]
    [Trait("Requirement", "g.0.1")]
    public async Task A_count_that_is_crossed_during_an_export_triggers_one_after_it()
    {
        var gate = new Gate();
        await using var engine = await TestEngine.StartAsync(_storage, _time, Every(2), new LogSink("a"));
        _storage.Snapshots.BeforeSave = (_, snapshot) => snapshot.Version == 2 ? gate.PassAsync() : Task.CompletedTask;
        await engine.PublishAsync(1, 2);
        await gate.Entered;
        await engine.PublishAsync(3, 9); // crosses 4, 6 and 8
        await engine.ReachedAsync(9);

        gate.Open();
        await _storage.NotedAsync(TestEngine.SourceName, "ExportSucceeded", 2);

        Assert.Equal([2, 9], _storage.Snapshots.Begun.Select(s => s.Version));
    }

    private static EventSourceOptions Every(long events) => new() { ExportEvery = events, ExportInterval = TimeSpan.Zero };

    private static EventSourceOptions Interval(int seconds) => new() { ExportEvery = 0, ExportInterval = TimeSpan.FromSeconds(seconds) };

    /// <summary>A sink says that it has applied an event a moment before its runner notes it; the status says what the runner knows.</summary>
    private static async Task SettledAsync(TestEngine engine, long version)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while ((await engine.Source.GetSinksAsync(timeout.Token)).Any(s => s.Version < version))
        {
            timeout.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
