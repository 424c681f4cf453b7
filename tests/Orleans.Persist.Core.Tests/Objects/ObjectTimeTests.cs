using Orleans.Persist.Core.Tests.Support;
using Orleans.Persist.Journal;
using Orleans.Persist.Objects;
using Orleans.Persist.TestKit;

namespace Orleans.Persist.Core.Tests.Objects;

/// <summary>Chronological order, ranges and retention.</summary>
public sealed class ObjectTimeTests
{
    private static readonly DateTimeOffset Start = new(2024, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly ManualTimeProvider _time = new(Start);
    private readonly TestStorage _storage;

    public ObjectTimeTests() => _storage = new TestStorage(_time);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Requirement", "g.4.3")]
    public async Task With_a_timestamp_function_objects_come_back_in_chronological_order(bool snapshot)
    {
        var random = new Random(7);
        var readings = Enumerable.Range(0, 500).Select(i => At(i, random.Next(-200, 200))).ToArray();
        var store = await Stores().CreateAsync("readings", Options(snapshot));
        if (snapshot)
            await store.ExportAsync(readings);
        else
            await Task.WhenAll(readings.Chunk(37).Select(chunk => store.ExportAsync(chunk)));

        // OrderBy is stable: of equal times the one exported first comes first.
        Assert.Equal(readings.OrderBy(r => r.Time), await store.FetchAsync().ToListAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Requirement", "g.4.4")]
    public async Task A_range_gives_all_objects_in_it_and_no_other(bool snapshot)
    {
        var store = await Stores().CreateAsync("readings", Options(snapshot));
        int[] minutes = [5, 1, 3, 2, 4, 3];
        await store.ExportAsync([.. minutes.Select((m, i) => At(i, m))]);

        Assert.Equal([3, 2, 5], await Ids(store.FetchAsync(Start.AddMinutes(2), Start.AddMinutes(4))));
        Assert.Equal([2, 5], await Ids(store.FetchAsync(Start.AddMinutes(2).AddTicks(1), Start.AddMinutes(4))));
        Assert.Equal([3, 2, 5, 4], await Ids(store.FetchAsync(Start.AddMinutes(2), Start.AddMinutes(4).AddTicks(1))));
        Assert.Empty(await Ids(store.FetchAsync(Start.AddMinutes(6), Start.AddMinutes(9))));
        Assert.Empty(await Ids(store.FetchAsync(Start.AddMinutes(4), Start.AddMinutes(2))));
        Assert.Equal(6, (await Ids(store.FetchAsync(DateTimeOffset.MinValue, DateTimeOffset.MaxValue))).Count);
    }

    [Fact]
    [Trait("Requirement", "g.4.4")]
    public async Task Without_a_timestamp_function_ranges_are_refused()
    {
        var store = await Stores().CreateAsync<Reading>("readings");

        Assert.Throws<InvalidOperationException>(() => store.FetchAsync(Start, Start.AddMinutes(1)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(1000)]
    public async Task The_order_is_right_however_few_pairs_are_held_at_once(int capacity)
    {
        var random = new Random(capacity);
        var times = Enumerable.Range(0, 300).Select(_ => Start.AddSeconds(random.Next(50))).ToArray();
        await _storage.Memory.AppendAsync("s", ExpectedVersion.Any, times.Select(t => new EventData { Type = "t", Time = t }).ToArray());

        var read = await new ChronologicalReader(_storage.Memory, capacity).ReadAsync("s", new ReadRequest { To = 300 }, default).ToListAsync();

        Assert.Equal(times.Select((time, i) => (time, Version: (long)i + 1)).OrderBy(p => p.time), read.Select(e => (e.Time, e.Version)));
    }

    [Fact]
    [Trait("Requirement", "g.5.0")]
    public async Task Purging_without_a_retention_time_fails()
    {
        var store = await Stores().CreateAsync("readings", new ObjectStoreOptions<Reading> { Timestamp = r => r.Time });
        await store.ExportAsync([At(1, -1000)]);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => store.PurgeAsync());

        Assert.Contains("retention", error.Message, StringComparison.Ordinal);
        Assert.Equal([1], await Ids(store.FetchAsync()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Requirement", "g.5.2")]
    public async Task Purging_a_snapshot_store_fails(bool retention)
    {
        var options = new ObjectStoreOptions<Reading> { Snapshot = true, Timestamp = r => r.Time, Retention = retention ? TimeSpan.FromHours(1) : null };
        var store = await Stores().CreateAsync("readings", options);
        await store.ExportAsync([At(1, -1000)]);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => store.PurgeAsync());

        Assert.Contains("snapshot", error.Message, StringComparison.Ordinal);
        Assert.Equal([1], await Ids(store.FetchAsync()));
    }

    [Theory]
    [InlineData(true)] // what goes is the beginning of the stream
    [InlineData(false)] // what goes is anywhere
    [Trait("Requirement", "g.5.1")]
    public async Task Purging_keeps_exactly_what_is_after_now_minus_the_retention_time(bool sorted)
    {
        var cutoff = Start.AddHours(-1);
        Reading[] readings =
        [
            new(1, cutoff.AddDays(-10)),
            new(2, cutoff.AddTicks(-1)),
            new(3, cutoff), // not after it: goes
            new(4, cutoff.AddTicks(1)), // stays
            new(5, Start),
            new(6, Start.AddDays(1)),
        ];
        var store = await Stores().CreateAsync("readings", Retaining(hours: 1));
        int[] order = sorted ? [1, 2, 3, 4, 5, 6] : [6, 3, 4, 1, 5, 2];
        await store.ExportAsync([.. order.Select(id => readings[id - 1])]);

        var result = await store.PurgeAsync();

        Assert.Equal((3, 3, cutoff), (result.Purged, result.Kept, result.Cutoff));
        Assert.Equal([4, 5, 6], await Ids(store.FetchAsync()));
        await store.ExportAsync([new(7, Start)]);
        await store.DisposeAsync();
        await using var again = await Stores().OpenAsync("readings", Retaining(hours: 1));
        Assert.Equal([4, 5, 7, 6], await Ids(again.FetchAsync()));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal((3, 1), await PurgeAsync(again));
        Assert.Equal([6], await Ids(again.FetchAsync()));
        Assert.Equal((0, 1), await PurgeAsync(again));
    }

    [Theory]
    [InlineData("append to the copy")]
    [InlineData("flip")]
    [InlineData("delete the old")]
    [Trait("Requirement", "g.5.1")]
    public async Task A_purge_that_crashes_has_happened_whole_or_not_at_all_and_leaves_nothing_behind(string at)
    {
        var options = Retaining(hours: 1);
        var store = await Stores().CreateAsync("readings", options);
        await store.ExportAsync([.. Enumerable.Range(0, 3000).Select(i => At(i, i % 2 == 0 ? 1 : -100))]);
        var appends = 0;
        _storage.Journal.BeforeAppend = stream =>
            (at, stream.StartsWith("$objects-data", StringComparison.Ordinal)) is ("append to the copy", true) or ("flip", false) && ++appends == (at == "flip" ? 1 : 2)
                ? throw new IOException("the process ends here")
                : Task.CompletedTask;
        _storage.Journal.BeforeDelete = stream =>
        {
            if (at == "delete the old" && stream.EndsWith("0001", StringComparison.Ordinal))
                throw new IOException("the process ends here");
        };
        if (at == "delete the old")
            await store.PurgeAsync(); // what cannot be removed is no failure
        else
            await Assert.ThrowsAsync<IOException>(() => store.PurgeAsync());
        _storage.Journal.BeforeAppend = null;
        _storage.Journal.BeforeDelete = null;
        Assert.Equal(at == "flip" || at == "append to the copy" ? 3000 : 1500, (await Ids(store.FetchAsync())).Count);

        await using var again = await Stores().OpenAsync("readings", options);

        Assert.Single(await _storage.Memory.ListStreamsAsync("$objects-data").ToListAsync());
        Assert.Equal(at == "delete the old" ? 1500 : 3000, (await Ids(again.FetchAsync())).Count);
        Assert.Equal(at == "delete the old" ? (0, 1500) : (1500, 1500), await PurgeAsync(again));
        Assert.Equal(Enumerable.Range(0, 3000).Where(i => i % 2 == 0), await Ids(again.FetchAsync()));
        Assert.Single(await _storage.Memory.ListStreamsAsync("$objects-data").ToListAsync());
    }

    [Fact]
    [Trait("Requirement", "g.5.1")]
    public async Task A_fetch_that_a_purge_overtakes_gives_what_there_was_when_it_began()
    {
        var store = await Stores().CreateAsync("readings", Retaining(hours: 1));
        await store.ExportAsync([At(1, 5), At(2, -100), At(3, 6), At(4, -200)]);
        await using var fetch = store.FetchAsync().GetAsyncEnumerator();
        Assert.True(await fetch.MoveNextAsync());
        Assert.Equal(4, fetch.Current.Id);

        Assert.Equal((2, 2), await PurgeAsync(store));

        var rest = new List<int>();
        while (await fetch.MoveNextAsync())
            rest.Add(fetch.Current.Id);
        Assert.Equal([2, 1, 3], rest);
        await fetch.DisposeAsync();
        Assert.Equal([1, 3], await Ids(store.FetchAsync()));
        Assert.Single(await _storage.Memory.ListStreamsAsync("$objects-data").ToListAsync()); // the last reader has removed the old one
    }

    [Fact]
    [Trait("Requirement", "g.5.1")]
    public async Task Exports_purges_and_fetches_at_once_lose_nothing_that_is_to_be_kept()
    {
        var store = await Stores().CreateAsync("readings", Retaining(hours: 1));
        var exports = Task.Run(async () =>
        {
            for (var i = 0; i < 200; i++)
                await store.ExportAsync([At((2 * i) + 1, 1), At(2 * i, -100)]);
        });
        var purges = Task.Run(async () =>
        {
            while (!exports.IsCompleted)
                await store.PurgeAsync();
        });
        var fetches = Task.Run(async () =>
        {
            var seen = 0;
            while (!exports.IsCompleted)
            {
                var kept = (await Ids(store.FetchAsync())).Where(id => id % 2 == 1).ToList();
                Assert.Equal(Enumerable.Range(0, kept.Count).Select(i => (2 * i) + 1), kept);
                Assert.True(kept.Count >= seen);
                seen = kept.Count;
            }
        });

        await Task.WhenAll(exports, purges, fetches).WaitAsync(TimeSpan.FromSeconds(60));
        await store.PurgeAsync();

        Assert.Equal(Enumerable.Range(0, 200).Select(i => (2 * i) + 1), await Ids(store.FetchAsync()));
    }

    private ObjectStores Stores() => new(_storage, _time);

    private static Reading At(int id, int minutes) => new(id, Start.AddMinutes(minutes));

    private static ObjectStoreOptions<Reading> Options(bool snapshot) => new() { Snapshot = snapshot, Timestamp = r => r.Time };

    private static ObjectStoreOptions<Reading> Retaining(int hours) => new() { Timestamp = r => r.Time, Retention = TimeSpan.FromHours(hours) };

    private static async Task<(long Purged, long Kept)> PurgeAsync(ObjectStore<Reading> store)
    {
        var result = await store.PurgeAsync();
        return (result.Purged, result.Kept);
    }

    private static async Task<List<int>> Ids(IAsyncEnumerable<Reading> readings) => await readings.Select(r => r.Id).ToListAsync();
}
