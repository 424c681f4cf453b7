using Orleans.Persist.Core.Tests.Support;
using Orleans.Persist.Sources;
using Orleans.Persist.TestKit;

namespace Orleans.Persist.Core.Tests.Sources;

[Trait("Requirement", "g.3.1")]
public sealed class VolatileSourceTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly TestStorage _storage;

    public VolatileSourceTests() => _storage = new TestStorage(_time);

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(12)]
    public async Task A_sink_with_nothing_to_import_gets_exactly_the_events_still_held(int published)
    {
        await using var engine = await TestEngine.StartAsync(_storage, _time, Volatile(5));
        for (var i = 1; i <= published; i++)
            await engine.PublishAsync(i, i);

        var sink = new LogSink("late");
        await engine.Source.StartSinkAsync(sink);
        await sink.ReachedAsync(published);
        await engine.PublishAsync(published + 1, published + 1);
        await sink.ReachedAsync(published + 1);

        Assert.Equal(TestEngine.Numbers(Math.Max(1, published - 4), published + 1), sink.State.Applied);
        Assert.False((await _storage.Memory.GetHeadAsync(TestEngine.SourceName)).Exists); // nothing in the journal
    }

    [Fact]
    public async Task One_publication_larger_than_the_capacity_leaves_its_last_events()
    {
        await using var engine = await TestEngine.StartAsync(_storage, _time, Volatile(5));
        await engine.PublishAsync(1, 100);

        var sink = new LogSink("late");
        await engine.Source.StartSinkAsync(sink);
        await sink.ReachedAsync(100);

        Assert.Equal(TestEngine.Numbers(96, 100), sink.State.Applied);
    }

    [Fact]
    public async Task A_sink_with_an_export_of_an_earlier_run_goes_on_from_its_state_with_all_events_of_this_run()
    {
        var first = await TestEngine.StartAsync(_storage, _time, Volatile(10), new LogSink("a"));
        await first.PublishAsync(1, 8);
        await first.ReachedAsync(8);
        await first.Engine.StopAsync();
        await first.CrashAsync();

        var sink = new LogSink("a");
        await using var second = await TestEngine.StartAsync(_storage, _time, Volatile(10));
        await second.PublishAsync(100, 102);
        await second.Source.StartSinkAsync(sink);
        await sink.ReachedAsync(3);

        Assert.Equal(TestEngine.Numbers(1, 8).Concat(TestEngine.Numbers(100, 102)), sink.State.Applied);
        await second.ExportAsync();
        await second.Source.StopSinkAsync("a");
        var again = new LogSink("a");
        await second.Source.StartSinkAsync(again);
        Assert.Equal((3, 0), (again.Imported, again.Given));
    }

    [Fact]
    public async Task A_sink_too_slow_for_the_capacity_is_told_what_it_missed()
    {
        var gate = new Gate();
        var sink = new LogSink("slow") { BeforeApply = _ => gate.PassAsync() };
        await using var engine = await TestEngine.StartAsync(_storage, _time, Volatile(3), sink);
        await engine.PublishAsync(1, 1);
        await gate.Entered;
        for (var i = 2; i <= 10; i++)
            await engine.PublishAsync(i, i);

        gate.Open();
        await sink.ReachedAsync(10);

        Assert.Equal(["1", "8", "9", "10"], sink.State.Applied);
        Assert.Contains("Events 2 to 7 were missed", (await engine.StatusAsync("slow")).LastError, StringComparison.Ordinal);
    }

    private static EventSourceOptions Volatile(int capacity) => new() { VolatileCapacity = capacity, ExportEvery = 0, ExportInterval = TimeSpan.Zero };
}
