using Orleans.Persist.Core.Tests.Support;
using Orleans.Persist.Journal;
using Orleans.Persist.Objects;
using Orleans.Persist.TestKit;

namespace Orleans.Persist.Core.Tests.Objects;

public sealed class ObjectStoreTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly TestStorage _storage;

    public ObjectStoreTests() => _storage = new TestStorage(_time);

    private DateTimeOffset Now => _time.GetUtcNow();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Requirement", "g.1.1")]
    public async Task Exporting_returns_while_the_storage_is_still_held_up(bool snapshot)
    {
        var store = await Stores().CreateAsync("readings", Options(snapshot));
        var storing = new Gate();
        _storage.Journal.BeforeAppend = stream => stream.StartsWith("$objects-data", StringComparison.Ordinal) ? storing.PassAsync() : Task.CompletedTask;
        _storage.Snapshots.BeforeSave = (_, _) => storing.PassAsync();

        var export = store.ExportAsync([Reading(1)]);
        await storing.Entered;
        Assert.False(export.IsCompleted);
        storing.Open();
        await export.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal([Reading(1)], await store.FetchAsync().ToListAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_export_with_an_id_whose_answer_got_lost_can_be_made_again_and_is_stored_once(bool snapshot)
    {
        await using var store = await Stores().CreateAsync("readings", Options(snapshot));
        await store.ExportAsync([Reading(1)], "first");
        _storage.Journal.AfterAppend = stream =>
        {
            _storage.Journal.AfterAppend = null;
            throw new JournalUnavailableException($"The answer of '{stream}' got lost.");
        };
        if (!snapshot)
            await Assert.ThrowsAsync<JournalUnavailableException>(() => store.ExportAsync([Reading(2), Reading(3)], "second"));
        _storage.Journal.AfterAppend = null;

        var again = await store.ExportAsync([Reading(2), Reading(3)], "second");
        Assert.Equal(again.Number, snapshot ? 2 : (await store.ExportAsync([Reading(2), Reading(3)], "second")).Number);

        Assert.Equal(snapshot ? [2, 3] : [1, 2, 3], await Ids(store.FetchAsync()));
        await Assert.ThrowsAsync<ArgumentException>(() => store.ExportAsync([Reading(2)], ""));
    }

    [Fact]
    public async Task The_id_of_an_export_is_known_after_a_purge_that_rewrites_and_refused_for_other_objects()
    {
        var options = new ObjectStoreOptions<Reading> { Timestamp = r => r.Time, Retention = TimeSpan.FromDays(1) };
        await using var store = await Stores().CreateAsync("readings", options);
        await store.ExportAsync([Reading(1)]);
        await store.ExportAsync([Reading(2) with { Time = Now.AddDays(-2) }]);
        await store.ExportAsync([Reading(3), Reading(4)], "e");
        Assert.Equal(1, (await store.PurgeAsync()).Purged);

        await store.ExportAsync([Reading(3), Reading(4)], "e");
        await Assert.ThrowsAsync<DuplicateEventException>(() => store.ExportAsync([Reading(3), Reading(4), Reading(5)], "e"));

        Assert.Equal([1, 3, 4], await Ids(store.FetchAsync()));
    }

    [Fact]
    public async Task More_exports_than_may_wait_are_refused_and_store_nothing()
    {
        await using var store = await Stores().CreateAsync("readings", new ObjectStoreOptions<Reading> { QueueCapacity = 2 });
        var storing = new Gate();
        _storage.Journal.BeforeAppend = _ => storing.PassAsync();
        var taken = new[] { store.ExportAsync([Reading(1)]), store.ExportAsync([Reading(2)]) };
        await storing.Entered;

        var error = await Assert.ThrowsAsync<ObjectStoreBusyException>(() => store.ExportAsync([Reading(3)]));
        Assert.Contains("readings", error.Message, StringComparison.Ordinal);
        storing.Open();
        await Task.WhenAll(taken).WaitAsync(TimeSpan.FromSeconds(30));
        await store.ExportAsync([Reading(4)]);

        Assert.Equal([1, 2, 4], await Ids(store.FetchAsync()));
    }

    [Fact]
    [Trait("Requirement", "g.6.1")]
    public async Task A_snapshot_that_is_intact_but_no_export_is_passed_over_too()
    {
        var options = Options(snapshot: true);
        var store = await Stores().CreateAsync("readings", options);
        await store.ExportAsync([Reading(1)]);
        await store.DisposeAsync();
        await _storage.Snapshots.SaveAsync(
            "$objects/readings",
            new() { Incarnation = 1, Version = 2, Time = Now, Type = "application/json", Data = new byte[] { 200, 1, (byte)'{' } });

        await using var again = await Stores().OpenAsync("readings", options);

        Assert.Equal([1], await Ids(again.FetchAsync()));
        Assert.IsType<FormatException>(Assert.Single(again.Restored!.Damage));
    }

    [Fact]
    public async Task A_store_none_of_whose_snapshots_can_be_read_says_so_instead_of_seeming_empty()
    {
        var options = Options(snapshot: true);
        var store = await Stores().CreateAsync("readings", options);
        await store.ExportAsync([Reading(1)]);
        await _storage.Snapshots.DamageNewestAsync("$objects/readings");

        var error = await Assert.ThrowsAsync<JournalException>(() => Ids(store.FetchAsync()));

        Assert.Contains("readings", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_export_over_the_limit_is_refused_and_stores_nothing(bool snapshot)
    {
        var storage = new TestStorage(_time, new JournalLimits(10_000, 50, 16));
        var store = await new ObjectStores(storage, _time).CreateAsync("readings", Options(snapshot));
        await store.ExportAsync([Reading(1)]);

        var bytes = await Assert.ThrowsAsync<AppendTooLargeException>(() => store.ExportAsync([Reading(2), Reading(3) with { Text = new string('x', 40_000) }]));
        Assert.Contains("bytes", bytes.Message, StringComparison.Ordinal);
        if (!snapshot)
        {
            var events = await Assert.ThrowsAsync<AppendTooLargeException>(() => store.ExportAsync([.. Enumerable.Range(2, 51).Select(i => Reading(i))]));
            Assert.Equal((51, 50), (events.Size, events.Limit));
        }

        Assert.Equal([1], await Ids(store.FetchAsync()));
    }

    [Fact]
    public async Task Opening_a_store_as_another_kind_fails_and_says_which()
    {
        var stores = Stores();
        await (await stores.CreateAsync("readings", Options(snapshot: true))).DisposeAsync();

        var error = await Assert.ThrowsAsync<ObjectStoreMismatchException>(async () => await stores.OpenAsync("readings", Options(snapshot: false)));

        Assert.Contains("a snapshot store with timestamps", error.Message, StringComparison.Ordinal);
        Assert.Contains("an appending store with timestamps", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ObjectStoreMismatchException>(async () => await stores.OpenAsync("readings", Options(snapshot: true, timestamps: false)));
        await using var right = await stores.OpenAsync("readings", Options(snapshot: true));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await stores.OpenAsync("readings", Options(snapshot: true)));
        await Assert.ThrowsAsync<ObjectStoreNotFoundException>(async () => await stores.OpenAsync<Reading>("other"));
    }

    [Fact]
    public async Task Nothing_of_a_deletion_that_was_interrupted_shows_in_the_next_store_of_the_name()
    {
        var store = await Stores().CreateAsync("readings", Options(snapshot: false));
        await store.ExportAsync([Reading(1)]);
        await store.DisposeAsync();
        _storage.Journal.BeforeDelete = stream =>
        {
            if (stream.StartsWith("$objects-data", StringComparison.Ordinal))
                throw new IOException("the process ends here");
        };
        await Assert.ThrowsAsync<IOException>(async () => await Stores().DeleteAsync("readings"));
        _storage.Journal.BeforeDelete = null;

        await using var anew = await Stores().CreateAsync("readings", Options(snapshot: false));

        Assert.Empty(await Ids(anew.FetchAsync()));
    }

    [Fact]
    public async Task Options_that_contradict_themselves_are_refused_by_name()
    {
        var negative = await Assert.ThrowsAsync<ArgumentException>(
            async () => await Stores().CreateAsync("x", new ObjectStoreOptions<Reading> { Timestamp = r => r.Time, Retention = TimeSpan.Zero }));
        Assert.Contains("Retention", negative.Message, StringComparison.Ordinal);
        var timeless = await Assert.ThrowsAsync<ArgumentException>(
            async () => await Stores().CreateAsync("x", new ObjectStoreOptions<Reading> { Retention = TimeSpan.FromDays(1) }));
        Assert.Contains("Timestamp", timeless.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(async () => await Stores().CreateAsync<Reading>("$x"));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Stores().CreateAsync<Reading>(new string('/', 400)));
        Assert.Empty(await Stores().ListAsync().ToListAsync());
    }

    private ObjectStores Stores() => new(_storage, _time);

    private Reading Reading(int id) => new(id, Now.AddMinutes(id));

    private static ObjectStoreOptions<Reading> Options(bool snapshot, bool timestamps = true) =>
        new() { Snapshot = snapshot, Timestamp = timestamps ? r => r.Time : null };

    private static async Task<List<int>> Ids(IAsyncEnumerable<Reading> readings) => await readings.Select(r => r.Id).ToListAsync();
}
