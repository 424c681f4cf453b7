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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Requirement", "g.5.1")]
    public async Task After_a_purge_whose_answer_got_lost_nothing_that_is_to_be_kept_is_lost(bool happened)
    {
        var options = Retaining(hours: 1);
        var store = await Stores().CreateAsync("readings", options);
        await store.ExportAsync([At(1, 5), At(2, -100), At(3, 6)]);
        Action<string> fail = stream => _ = stream == "$objects/readings" ? throw new IOException("the answer got lost") : 0;
        if (happened)
            _storage.Journal.AfterAppend = fail;
        else
            _storage.Journal.BeforeAppend = stream => Task.Run(() => fail(stream));
        await Assert.ThrowsAsync<IOException>(() => store.PurgeAsync());
        (_storage.Journal.AfterAppend, _storage.Journal.BeforeAppend) = (null, null);

        await store.ExportAsync([At(4, 7)]);
        Assert.Equal(happened ? [1, 3, 4] : [2, 1, 3, 4], await Ids(store.FetchAsync()));
        Assert.Equal((happened ? 0 : 1, 3), await PurgeAsync(store));
        await store.ExportAsync([At(5, -100), At(6, 8)]);
        Assert.Equal((1, 4), await PurgeAsync(store));
        await store.DisposeAsync();
        await using var again = await Stores().OpenAsync("readings", options);
        Assert.Equal([1, 3, 4, 6], await Ids(again.FetchAsync()));
        Assert.Single(await _storage.Memory.ListStreamsAsync("$objects-data").ToListAsync());
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
