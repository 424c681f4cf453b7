using Orleans.Persist.Objects;
using Xunit;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>Object stores on the plug-in: chronological order, ranges and retention.</summary>
/// <typeparam name="TFixture">The plug-in under test.</typeparam>
public abstract class ObjectTimeConformance<TFixture> : StorageConformance<TFixture>
    where TFixture : StorageFixture, new()
{
    private static readonly DateTimeOffset Start = new(2024, 5, 1, 12, 0, 0, TimeSpan.Zero);

    protected ObjectTimeConformance() => Clock.Now = Start;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Requirement", "g.4.3")]
    public async Task With_a_timestamp_function_objects_come_back_in_chronological_order(bool snapshot)
    {
        var random = new Random(7);
        var objects = Enumerable.Range(0, 500).Select(i => At(i, random.Next(-200, 200))).ToArray();
        var store = await Stores().CreateAsync("objects", Options(snapshot), Limit);
        if (snapshot)
            await store.ExportAsync(objects, Limit);
        else
            await Task.WhenAll(objects.Chunk(37).Select(chunk => store.ExportAsync(chunk, Limit)));

        // OrderBy is stable: of equal times the one exported first comes first.
        Assert.Equal(objects.OrderBy(r => r.Time), await ListAsync(store.FetchAsync(Limit)));
        await store.DisposeAsync();
        await ReopenAsync();
        await using var again = await Stores().OpenAsync("objects", Options(snapshot), Limit);
        Assert.Equal(objects.OrderBy(r => r.Time), await ListAsync(again.FetchAsync(Limit)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Requirement", "g.4.4")]
    public async Task A_range_gives_all_objects_in_it_and_no_other(bool snapshot)
    {
        var store = await Stores().CreateAsync("objects", Options(snapshot), Limit);
        int[] minutes = [5, 1, 3, 2, 4, 3];
        await store.ExportAsync([.. minutes.Select((m, i) => At(i, m))], Limit);

        Assert.Equal([3, 2, 5], await IdsAsync(store.FetchAsync(Start.AddMinutes(2), Start.AddMinutes(4), Limit)));
        Assert.Equal([2, 5], await IdsAsync(store.FetchAsync(Start.AddMinutes(2).AddTicks(1), Start.AddMinutes(4), Limit)));
        Assert.Equal([3, 2, 5, 4], await IdsAsync(store.FetchAsync(Start.AddMinutes(2), Start.AddMinutes(4).AddTicks(1), Limit)));
        Assert.Empty(await IdsAsync(store.FetchAsync(Start.AddMinutes(6), Start.AddMinutes(9), Limit)));
        Assert.Empty(await IdsAsync(store.FetchAsync(Start.AddMinutes(4), Start.AddMinutes(2), Limit)));
        Assert.Equal(6, (await IdsAsync(store.FetchAsync(DateTimeOffset.MinValue, DateTimeOffset.MaxValue, Limit))).Count);
    }

    [Fact]
    public async Task Without_a_timestamp_function_ranges_are_refused()
    {
        var store = await Stores().CreateAsync<ConformanceObject>("objects", cancellationToken: Limit);

        Assert.Throws<InvalidOperationException>(() => store.FetchAsync(Start, Start.AddMinutes(1), Limit));
    }

    [Fact]
    [Trait("Requirement", "g.5.0")]
    public async Task Purging_without_a_retention_time_fails()
    {
        var store = await Stores().CreateAsync("objects", Options(snapshot: false), Limit);
        await store.ExportAsync([At(1, -1000)], Limit);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => store.PurgeAsync(Limit));

        Assert.Contains("retention", error.Message, StringComparison.Ordinal);
        Assert.Equal([1], await IdsAsync(store.FetchAsync(Limit)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Requirement", "g.5.2")]
    public async Task Purging_a_snapshot_store_fails(bool retention)
    {
        var options = Options(snapshot: true);
        options.Retention = retention ? TimeSpan.FromHours(1) : null;
        var store = await Stores().CreateAsync("objects", options, Limit);
        await store.ExportAsync([At(1, -1000)], Limit);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => store.PurgeAsync(Limit));

        Assert.Contains("snapshot", error.Message, StringComparison.Ordinal);
        Assert.Equal([1], await IdsAsync(store.FetchAsync(Limit)));
    }

    [Theory]
    [InlineData(true)] // what goes is the beginning of the stream
    [InlineData(false)] // what goes is anywhere
    [Trait("Requirement", "g.5.1")]
    public async Task Purging_keeps_exactly_what_is_after_now_minus_the_retention_time(bool sorted)
    {
        var cutoff = Start.AddHours(-1);
        ConformanceObject[] objects =
        [
            new(1, cutoff.AddDays(-10)),
            new(2, cutoff.AddTicks(-1)),
            new(3, cutoff), // not after it: goes
            new(4, cutoff.AddTicks(1)), // stays
            new(5, Start),
            new(6, Start.AddDays(1)),
        ];
        var store = await Stores().CreateAsync("objects", Retaining(hours: 1), Limit);
        int[] order = sorted ? [1, 2, 3, 4, 5, 6] : [6, 3, 4, 1, 5, 2];
        await store.ExportAsync([.. order.Select(id => objects[id - 1])], Limit);

        var result = await store.PurgeAsync(Limit);

        Assert.Equal((3, 3, cutoff), (result.Purged, result.Kept, result.Cutoff));
        Assert.Equal([4, 5, 6], await IdsAsync(store.FetchAsync(Limit)));
        await store.ExportAsync([new(7, Start)], Limit);
        await store.DisposeAsync();
        await ReopenAsync();
        await using var again = await Stores().OpenAsync("objects", Retaining(hours: 1), Limit);
        Assert.Equal([4, 5, 7, 6], await IdsAsync(again.FetchAsync(Limit)));
        Clock.Now += TimeSpan.FromHours(1);
        Assert.Equal((3, 1), await PurgeAsync(again));
        Assert.Equal([6], await IdsAsync(again.FetchAsync(Limit)));
        Assert.Equal((0, 1), await PurgeAsync(again));
    }

    [Fact]
    [Trait("Requirement", "g.5.1")]
    public async Task A_fetch_that_a_purge_overtakes_gives_what_there_was_when_it_began()
    {
        var store = await Stores().CreateAsync("objects", Retaining(hours: 1), Limit);
        await store.ExportAsync([At(1, 5), At(2, -100), At(3, 6), At(4, -200)], Limit);
        var streams = (await ListAsync(Journal.ListStreamsAsync("", Limit))).Count;
        await using var fetch = store.FetchAsync(Limit).GetAsyncEnumerator(Limit);
        Assert.True(await fetch.MoveNextAsync());
        Assert.Equal(4, fetch.Current.Id);

        Assert.Equal((2, 2), await PurgeAsync(store));

        var rest = new List<int>();
        while (await fetch.MoveNextAsync())
            rest.Add(fetch.Current.Id);
        Assert.Equal([2, 1, 3], rest);
        await fetch.DisposeAsync();
        Assert.Equal([1, 3], await IdsAsync(store.FetchAsync(Limit)));
        Assert.Equal(streams, (await ListAsync(Journal.ListStreamsAsync("", Limit))).Count(h => h.Exists)); // the last reader has removed what it read
    }

    [Fact]
    [Trait("Requirement", "g.5.1")]
    public async Task Exports_purges_and_fetches_at_once_lose_nothing_that_is_to_be_kept()
    {
        const int Exports = 100;
        var store = await Stores().CreateAsync("objects", Retaining(hours: 1), Limit);
        var exports = Task.Run(async () =>
        {
            for (var i = 0; i < Exports; i++)
                await store.ExportAsync([At((2 * i) + 1, 1), At(2 * i, -100)], Limit);
        });
        var purges = Task.Run(async () =>
        {
            while (!exports.IsCompleted)
                await store.PurgeAsync(Limit);
        });
        var fetches = Task.Run(async () =>
        {
            var seen = 0;
            while (!exports.IsCompleted)
            {
                var kept = (await IdsAsync(store.FetchAsync(Limit))).Where(id => id % 2 == 1).ToList();
                Assert.Equal(Enumerable.Range(0, kept.Count).Select(i => (2 * i) + 1), kept);
                Assert.True(kept.Count >= seen);
                seen = kept.Count;
            }
        });

        await Task.WhenAll(exports, purges, fetches).WaitAsync(Limit);
        await store.PurgeAsync(Limit);

        Assert.Equal(Enumerable.Range(0, Exports).Select(i => (2 * i) + 1), await IdsAsync(store.FetchAsync(Limit)));
    }

    private ObjectStores Stores() => new(Storage, Clock);

    private static ConformanceObject At(int id, int minutes) => new(id, Start.AddMinutes(minutes));

    private static ObjectStoreOptions<ConformanceObject> Options(bool snapshot) => new() { Snapshot = snapshot, Timestamp = o => o.Time };

    private static ObjectStoreOptions<ConformanceObject> Retaining(int hours) => new() { Timestamp = o => o.Time, Retention = TimeSpan.FromHours(hours) };

    private async Task<(long Purged, long Kept)> PurgeAsync(ObjectStore<ConformanceObject> store)
    {
        var result = await store.PurgeAsync(Limit);
        return (result.Purged, result.Kept);
    }

    private async Task<List<int>> IdsAsync(IAsyncEnumerable<ConformanceObject> objects) => [.. (await ListAsync(objects)).Select(o => o.Id)];
}
