using Microsoft.Extensions.Options;
using Orleans.Persist.Core.Tests.Support;
using Orleans.Persist.Hosting;
using Orleans.Persist.Processes;
using Orleans.Persist.Sources;
using Orleans.Persist.TestKit;
using Orleans.Persist.TestKit.Conformance;

namespace Orleans.Persist.Core.Tests.Hosting;

public sealed class PersistEngineTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly TestStorage _storage;

    public PersistEngineTests() => _storage = new TestStorage(_time);

    [Fact]
    public async Task An_engine_that_does_not_own_its_storage_leaves_it_open()
    {
        await using (var engine = await TestEngine.StartAsync(_storage, _time))
            await engine.PublishAsync(1, 1);
        Assert.False(_storage.Disposed);

        await using (var owner = new PersistEngine(new PersistEngineOptions { OpenStorage = _ => new(_storage) }, _time))
            await owner.StartAsync();
        Assert.True(_storage.Disposed);
    }

    [Fact]
    public async Task Readiness_follows_the_storage()
    {
        var broken = true;
        await using var engine = new PersistEngine(
            new PersistEngineOptions { OpenStorage = _ => broken ? throw new IOException("not mounted") : new(_storage) }, _time);
        Assert.False(engine.IsReady);
        Assert.Throws<InvalidOperationException>(() => engine.GetSource("x"));

        await Assert.ThrowsAsync<IOException>(() => engine.StartAsync());
        Assert.False(engine.IsReady);
        Assert.Contains("not mounted", Assert.Single(engine.Problems), StringComparison.Ordinal);

        broken = false;
        await engine.StartAsync();
        Assert.True(engine.IsReady);
        Assert.Empty(engine.Problems);
        await engine.StopAsync();
        Assert.False(engine.IsReady);
    }

    [Theory]
    [InlineData("ExportEvery")]
    [InlineData("ExportInterval")]
    [InlineData("ExportTimeout")]
    [InlineData("VolatileCapacity")]
    [InlineData("TruncateExported")]
    public void An_option_out_of_bounds_is_refused_by_name(string option)
    {
        var options = new EventSourceOptions
        {
            ExportEvery = option == "ExportEvery" ? -1 : 1,
            ExportInterval = option == "ExportInterval" ? TimeSpan.FromDays(100) : TimeSpan.Zero,
            ExportTimeout = option == "ExportTimeout" ? TimeSpan.Zero : TimeSpan.FromSeconds(1),
            VolatileCapacity = option == "VolatileCapacity" ? -5 : option == "TruncateExported" ? 5 : 0,
            TruncateExported = option == "TruncateExported",
        };
        using var _ = new CancellationTokenSource();

        var error = Assert.Throws<OptionsValidationException>(() => new PersistEngine(_storage).AddSource("gateway", options));

        Assert.Contains($"EventSourceOptions.{option} of source 'gateway'", Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sources_that_have_events_are_listed_and_the_engines_own_streams_are_not()
    {
        await using var engine = await TestEngine.StartAsync(_storage, _time, sinks: new LogSink("a"));
        engine.Engine.AddSource("volatile", new EventSourceOptions { VolatileCapacity = 3 });
        await engine.PublishAsync(1, 1);
        await (await engine.Engine.GetSourceAsync("other")).PublishAsync(new[] { TestEngine.Event(1) });
        await (await engine.Engine.GetSourceAsync("volatile")).PublishAsync(new[] { TestEngine.Event(1) });
        await engine.Engine.GetSourceAsync("empty");
        await engine.Engine.Objects.CreateAsync<Reading>("readings");

        var names = await engine.Engine.ListSourcesAsync().ToListAsync();

        Assert.Equal(["gateway", "other", "volatile"], names.Order(StringComparer.Ordinal));
        await Assert.ThrowsAsync<ArgumentException>(async () => await engine.Engine.GetSourceAsync("$source/gateway"));
        await Assert.ThrowsAsync<ArgumentException>(async () => await engine.Engine.GetSourceAsync("a\0b"));
    }

    [Fact]
    public async Task A_source_that_is_asked_for_by_name_only_is_not_kept_and_all_that_are_handed_out_share_their_sinks()
    {
        await using var engine = await TestEngine.StartAsync(_storage, _time);
        Assert.Same(engine.Source, engine.Source); // configured
        var (one, two) = (engine.Engine.GetSource("x"), engine.Engine.GetSource("x"));
        Assert.NotSame(one, two);
        Assert.Empty(await two.GetSinksAsync());

        var sink = new LogSink("a");
        await one.StartSinkAsync(sink);
        await two.PublishAsync(new[] { TestEngine.Event(1) });
        await sink.ReachedAsync(1);
        await two.ExportAsync("a");

        Assert.Equal((true, 1), (await two.GetSinksAsync()).Select(s => (s.Online, s.ExportedVersion)).Single());
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await two.StartSinkAsync(new LogSink("a")));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await two.ForgetSinkAsync("a"));
        await two.StopSinkAsync("a");
        Assert.False((await one.GetSinksAsync()).Single().Online);
        Assert.Same(one, engine.Engine.GetSource("x"));
    }

    [Fact]
    public async Task Stopping_is_bounded_when_an_export_hangs()
    {
        var gate = new Gate();
        var options = new PersistEngineOptions { OpenStorage = _ => new(_storage), OwnsStorage = false, StopTimeout = TimeSpan.FromSeconds(5) };
        await using var engine = new PersistEngine(options, _time);
        engine.AddSource("gateway", TestEngine.Quiet());
        engine.AddSink("gateway", new LogSink("a"));
        await engine.StartAsync();
        _storage.Snapshots.BeforeSave = (_, _) => gate.PassAsync();

        var stop = engine.StopAsync();
        await gate.Entered;
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.False(stop.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        await stop.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.False((await engine.GetSource("gateway").GetSinksAsync()).Single().Online);
    }

    [Fact]
    [Trait("Requirement", "g.0.2")]
    public async Task A_process_that_hangs_does_not_take_the_time_of_the_sinks_exports()
    {
        var options = new PersistEngineOptions { OpenStorage = _ => new(_storage), OwnsStorage = false, StopTimeout = TimeSpan.FromSeconds(5), Processes = new() { StopTimeout = TimeSpan.FromSeconds(5) } };
        await using var engine = new PersistEngine(options, _time);
        var sink = new LogSink("a");
        engine.AddSource("gateway", TestEngine.Quiet());
        engine.AddSink("gateway", sink);
        engine.AddProcess(ProcessDefinition.Persistent<ConformanceProcess, ConformanceLog, ConformanceEvent>(ConformanceProcess.Kind, () => new ConformanceProcess()));
        await engine.StartAsync();
        await engine.GetSource("gateway").PublishAsync(new[] { TestEngine.Event(1) });
        await sink.ReachedAsync(1);
        var gate = new Gate();
        _ = engine.Processes.CallAsync(new ProcessId(ConformanceProcess.Kind, "a"), ConformanceProcess.Do(async _ =>
        {
            await gate.PassAsync();
            return null;
        }));
        await gate.Entered;

        var stop = engine.StopAsync();
        _time.Advance(TimeSpan.FromSeconds(5));
        await stop.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(1, (await engine.GetSource("gateway").GetSinksAsync()).Single().ExportedVersion);
        gate.Open();
    }

    [Fact]
    public async Task Publishing_is_idempotent_per_producer_and_readers_see_history_then_live()
    {
        await using var engine = await TestEngine.StartAsync(_storage, _time);
        var producer = new Journal.ProducerSequence("p", 1);
        var first = await engine.Source.PublishAsync(new[] { TestEngine.Event(1) }, producer);
        var again = await engine.Source.PublishAsync(new[] { TestEngine.Event(1) }, producer);
        Assert.Equal((first.LastVersion, true), (again.LastVersion, again.Duplicate));

        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var seen = new List<long>();
        await foreach (var @event in engine.Source.SubscribeAsync(cancellationToken: timeout.Token))
        {
            seen.Add(@event.Version);
            if (seen.Count < 5)
                await engine.PublishAsync(seen.Count, seen.Count);
            else
                break;
        }

        Assert.Equal([1, 2, 3, 4, 5], seen);
        Assert.Equal(5, await engine.Source.ReadAsync(Journal.ReadRequest.All).CountAsync());
    }
}
