using Orleans.Persist.Journal;
using Xunit;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>The order across streams, for journals that have one (<see cref="IPositionedJournal"/>).</summary>
/// <typeparam name="TFixture">The plug-in under test.</typeparam>
public abstract class PositionedJournalConformance<TFixture> : StorageConformance<TFixture>
    where TFixture : StorageFixture, new()
{
    private IPositionedJournal Positioned => Assert.IsAssignableFrom<IPositionedJournal>(Journal);

    [Fact]
    public async Task Positions_go_up_in_the_order_of_appends_across_streams()
    {
        Assert.Equal(0, Positioned.Position);
        var last = 0L;
        for (var i = 0; i < 10; i++)
        {
            var result = await AppendAsync($"s{i % 3}", Events(i * 2, 2));
            Assert.InRange(result.LastPosition, last + 2, long.MaxValue);
            Assert.Equal(result.LastPosition, Positioned.Position);
            last = result.LastPosition;
        }

        var all = await AllAsync();
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"e{i}"), all.Select(Text));
        Assert.Equal(all.Select(e => e.Position).Order().Distinct(), all.Select(e => e.Position));
        Assert.InRange(all[0].Position, 1, long.MaxValue);
        Assert.Equal(all.Where(e => e.Stream == "s1").Select(e => (e.Version, e.Position)), (await ReadAsync("s1")).Select(e => (e.Version, e.Position)));
    }

    [Fact]
    public async Task Reading_begins_at_a_position_and_filters_across_streams()
    {
        for (var i = 0; i < 30; i++)
            await AppendAsync($"s{i % 3}", Event($"e{i}", type: $"t{i % 2}") with { Tags = [$"g{i % 5}"] });
        var all = await AllAsync();
        foreach (var index in new[] { 0, 1, 17, 29 })
            Assert.Equal(all.Skip(index).Select(Text), (await AllAsync(all[index].Position)).Select(Text));
        Assert.Equal(all.Skip(18).Select(Text), (await AllAsync(all[17].Position + 1)).Select(Text));
        Assert.Empty(await AllAsync(Positioned.Position + 1));
        Assert.Equal(30, (await AllAsync(-1)).Count);
        var filter = new EventFilter { Tags = ["g3"], Types = ["t1"] };
        Assert.Equal(["e3", "e13", "e23"], (await AllAsync(1, filter)).Select(Text));
    }

    [Fact]
    public async Task Positions_of_removed_events_are_not_given_again()
    {
        await AppendAsync("s", Events(1, 3));
        await AppendAsync("t", Events(4, 2));
        await Journal.TruncateAsync("s", 3, Limit);
        await Journal.DeleteAsync("t", ExpectedVersion.Any, Limit);
        var before = Positioned.Position;
        var result = await AppendAsync("t", Event("new"));
        Assert.InRange(result.LastPosition, before + 1, long.MaxValue);
        var left = (await AllAsync()).Select(Text).ToArray();
        Assert.Contains("e3", left);
        Assert.Equal("new", left[^1]); // those removed may be missing, or not yet
    }

    [Fact]
    public async Task A_wait_for_a_position_ends_with_the_next_append_of_any_stream()
    {
        var waiting = Positioned.WaitForPositionAsync(0, Limit).AsTask();
        Assert.False(waiting.IsCompleted);
        var result = await AppendAsync("s", Event("a"));
        Assert.Equal(result.LastPosition, await waiting.WaitAsync(Limit));
        Assert.Equal(result.LastPosition, await Positioned.WaitForPositionAsync(0, Limit));
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Limit);
        var next = Positioned.WaitForPositionAsync(result.LastPosition, cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next.WaitAsync(Limit));
    }

    [Fact]
    public async Task Following_the_positions_beside_writers_misses_nothing()
    {
        const int Writers = 4, Each = 100;
        var following = Task.Run(async () =>
        {
            var seen = new List<RecordedEvent>();
            for (long next = 1; seen.Count < Writers * Each;)
            {
                await Positioned.WaitForPositionAsync(next - 1, Limit);
                await foreach (var @event in Positioned.ReadAllAsync(next, cancellationToken: Limit))
                {
                    seen.Add(@event);
                    next = @event.Position + 1;
                }
            }

            return seen;
        });
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(w => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++)
                await AppendAsync($"s{w}", Event($"{i}"));
        }))).WaitAsync(Limit);
        foreach (var stream in (await following.WaitAsync(Limit)).GroupBy(e => e.Stream))
            Assert.Equal(Enumerable.Range(1, Each).Select(v => (long)v), stream.Select(e => e.Version));
    }

    private Task<List<RecordedEvent>> AllAsync(long from = 1, EventFilter? filter = null) => ListAsync(Positioned.ReadAllAsync(from, filter, Limit));
}
