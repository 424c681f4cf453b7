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
    [Trait("Requirement", "g.1.0")]
    public async Task Creating_a_store_under_a_name_that_exists_fails(bool reopened)
    {
        var stores = Stores();
        var store = await stores.CreateAsync<Reading>("readings");
        await store.ExportAsync([Reading(1)]);
        if (reopened)
            await store.DisposeAsync();

        var error = await Assert.ThrowsAsync<ObjectStoreExistsException>(
            async () => await (reopened ? Stores() : stores).CreateAsync("readings", new ObjectStoreOptions<string> { Snapshot = true }));

        Assert.Equal("readings", error.Name);
        Assert.Equal([Reading(1)], await (reopened ? await Stores().OpenAsync<Reading>("readings") : store).FetchAsync().ToListAsync());
    }

    [Fact]
    [Trait("Requirement", "g.1.0")]
    public async Task Of_many_that_create_one_name_at_once_one_succeeds()
    {
        var stores = Stores();
        var attempts = Enumerable.Range(0, 16).Select(_ => Task.Run(async () => await stores.CreateAsync<Reading>("readings"))).ToArray();

        await Task.WhenAll(attempts).ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(TimeSpan.FromSeconds(30));

        _ = Assert.Single(attempts, t => t.IsCompletedSuccessfully);
        Assert.All(attempts.Where(t => t.IsFaulted), t => Assert.IsType<ObjectStoreExistsException>(t.Exception!.InnerException));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Requirement", "g.1.1")]
    public async Task Exporting_returns_while_serialization_and_storage_are_still_held_up(bool snapshot)
    {
        using var gate = new ManualResetEventSlim();
        TaskScheduler? scheduler = null;
        var options = new ObjectStoreOptions<Reading> { Snapshot = snapshot, Serializer = new HookedSerializer(() => Hold(ref scheduler)) };
        var store = await Stores().CreateAsync("readings", options);
        var storing = new Gate();
        _storage.Journal.BeforeAppend = stream => stream.StartsWith("$objects-data", StringComparison.Ordinal) ? storing.PassAsync() : Task.CompletedTask;
        _storage.Snapshots.BeforeSave = (_, _) => storing.PassAsync();
        var turn = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler; // like a grain's: one thing at a time

        // The gate is closed: if serialization ran on this thread or in this turn, the call would not return.
        var export = await Task.Factory.StartNew(
            () => store.ExportAsync([Reading(1)]), CancellationToken.None, TaskCreationOptions.None, turn).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(export.IsCompleted);
        gate.Set();
        await storing.Entered;
        Assert.False(export.IsCompleted);
        storing.Open();
        await export.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Same(TaskScheduler.Default, scheduler);
        Assert.Equal([Reading(1)], await store.FetchAsync().ToListAsync());

        void Hold(ref TaskScheduler? seen)
        {
            seen = TaskScheduler.Current;
            Assert.True(gate.Wait(TimeSpan.FromSeconds(30)));
        }
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    [Trait("Requirement", "g.4.0")]
    public async Task What_was_exported_is_what_is_fetched_also_after_closing_and_opening(bool snapshot, bool timestamps)
    {
        var options = Options(snapshot, timestamps);
        Reading[] exported = [Reading(1), Reading(2) with { Text = "äöü \u0001 \ud83d\ude00" }, Reading(3) with { Text = new string('x', 100_000) }];
        var store = await Stores().CreateAsync("readings", options);
        var result = await store.ExportAsync(exported);

        Assert.Equal((3, Now), (result.Objects, result.Time));
        Assert.Equal(exported, await store.FetchAsync().ToListAsync());
        await store.DisposeAsync();
        await using var again = await Stores().OpenAsync("readings", options);
        Assert.Equal(exported, await again.FetchAsync().ToListAsync());
        Assert.Throws<ObjectDisposedException>(() => store.FetchAsync());
    }

    [Fact]
    [Trait("Requirement", "g.4.1")]
    public async Task A_snapshot_store_holds_the_last_export_only()
    {
        var store = await Stores().CreateAsync("readings", Options(snapshot: true));
        await store.ExportAsync([Reading(1), Reading(2), Reading(3)]);
        await store.ExportAsync([Reading(4)]);
        await store.ExportAsync([Reading(5), Reading(6)]);

        Assert.Equal([5, 6], await Ids(store.FetchAsync()));
        await store.ExportAsync([]);
        Assert.Empty(await Ids(store.FetchAsync()));
    }

    [Fact]
    [Trait("Requirement", "g.4.1")]
    public async Task Of_exports_that_are_not_awaited_the_one_called_last_counts()
    {
        var store = await Stores().CreateAsync("readings", Options(snapshot: true));

        await Task.WhenAll(Enumerable.Range(1, 200).Select(i => store.ExportAsync([Reading(i)])));

        Assert.Equal([200], await Ids(store.FetchAsync()));
    }

    [Fact]
    [Trait("Requirement", "g.4.2")]
    public async Task An_appending_store_holds_the_sum_of_all_exports()
    {
        var store = await Stores().CreateAsync("readings", Options(snapshot: false, timestamps: false));
        await store.ExportAsync([Reading(3), Reading(1)]);
        await store.ExportAsync([]);
        await store.ExportAsync([Reading(2)]);
        await store.DisposeAsync();
        await using var again = await Stores().OpenAsync("readings", Options(snapshot: false, timestamps: false));
        await again.ExportAsync([Reading(1)]);

        Assert.Equal([3, 1, 2, 1], await Ids(again.FetchAsync()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Requirement", "g.6.0")]
    public async Task However_many_snapshots_were_made_reopening_restores_the_latest(bool closed)
    {
        var options = Options(snapshot: true);
        for (var round = 0; round < 3; round++)
        {
            var store = await Stores().OpenOrCreateAsync("readings", options);
            for (var i = 1; i <= 7; i++)
                await store.ExportAsync([Reading((round * 10) + i)]);
            if (closed)
                await store.DisposeAsync();
        }

        var last = await Stores().OpenAsync("readings", options);

        Assert.Equal([27], await Ids(last.FetchAsync()));
        Assert.Equal((21, 1, 0), (last.Restored!.Number, last.Restored.Objects, last.Restored.Damage.Count));
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 3)]
    [Trait("Requirement", "g.6.1")]
    public async Task A_snapshot_that_cannot_be_read_is_passed_over_for_the_one_before_and_reported(int damaged, int restored)
    {
        var options = Options(snapshot: true);
        var store = await Stores().CreateAsync("readings", options);
        for (var i = 1; i <= 5; i++)
            await store.ExportAsync([Reading(i)]);
        await store.DisposeAsync();
        await _storage.Snapshots.DamageNewestAsync("$objects/readings", damaged);

        await using var again = await Stores().OpenAsync("readings", options);

        Assert.Equal((restored, damaged), (again.Restored!.Number, again.Restored.Damage.Count));
        Assert.All(again.Restored.Damage, d => Assert.IsType<JournalDamagedException>(d));
        Assert.Equal([restored], await Ids(again.FetchAsync()));
        await again.ExportAsync([Reading(6)]);
        Assert.Equal([6], await Ids(again.FetchAsync()));
        Assert.Empty(again.Restored!.Damage);
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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_deleted_store_is_gone_and_its_name_is_free(bool snapshot)
    {
        var stores = Stores();
        var store = await stores.CreateAsync("a/b", Options(snapshot));
        await store.ExportAsync([Reading(1)]);
        await (await stores.CreateAsync("a", Options(snapshot))).ExportAsync([Reading(2)]);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await stores.DeleteAsync("a/b"));
        await store.DisposeAsync();

        await stores.DeleteAsync("a/b");

        Assert.Equal(["a"], await stores.ListAsync().ToListAsync());
        await Assert.ThrowsAsync<ObjectStoreNotFoundException>(async () => await stores.DeleteAsync("a/b"));
        await using var anew = await stores.CreateAsync("a/b", Options(!snapshot));
        Assert.Empty(await Ids(anew.FetchAsync()));
        await anew.ExportAsync([Reading(3)]);
        Assert.Equal([3], await Ids(anew.FetchAsync()));
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
