using Orleans.Persist.Journal;
using Orleans.Persist.Objects;
using Xunit;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>Object stores on the plug-in: what is exported is what comes back, also after the storage was closed and opened again.</summary>
/// <typeparam name="TFixture">The plug-in under test.</typeparam>
public abstract class ObjectStoreConformance<TFixture> : StorageConformance<TFixture>
    where TFixture : StorageFixture, new()
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Requirement", "g.1.0")]
    public async Task Creating_a_store_under_a_name_that_exists_fails(bool reopened)
    {
        var stores = Stores();
        var store = await stores.CreateAsync<ConformanceObject>("objects", cancellationToken: Limit);
        await store.ExportAsync([Object(1)], Limit);
        if (reopened)
        {
            await store.DisposeAsync();
            await ReopenAsync();
            stores = Stores();
        }

        var error = await Assert.ThrowsAsync<ObjectStoreExistsException>(
            async () => await stores.CreateAsync("objects", new ObjectStoreOptions<string> { Snapshot = true }, Limit));

        Assert.Equal("objects", error.Name);
        if (reopened)
            store = await stores.OpenAsync<ConformanceObject>("objects", cancellationToken: Limit);
        Assert.Equal([Object(1)], await ListAsync(store.FetchAsync(Limit)));
    }

    [Fact]
    [Trait("Requirement", "g.1.0")]
    public async Task Of_many_that_create_one_name_at_once_one_succeeds()
    {
        var stores = Stores();
        var attempts = Enumerable.Range(0, 16).Select(_ => Task.Run(async () => await stores.CreateAsync<ConformanceObject>("objects", cancellationToken: Limit))).ToArray();

        await Task.WhenAll(attempts).ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(Limit);

        _ = Assert.Single(attempts, t => t.IsCompletedSuccessfully);
        Assert.All(attempts.Where(t => t.IsFaulted), t => Assert.IsType<ObjectStoreExistsException>(t.Exception!.InnerException));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Requirement", "g.1.1")]
    public async Task Exporting_returns_while_serialization_is_still_held_up_and_none_of_it_runs_in_the_callers_turn(bool snapshot)
    {
        using var gate = new ManualResetEventSlim();
        TaskScheduler? scheduler = null;
        var options = new ObjectStoreOptions<ConformanceObject> { Snapshot = snapshot, Serializer = new HookedSerializer(Hold) };
        await using var store = await Stores().CreateAsync("objects", options, Limit);
        var turn = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler; // like a grain's: one thing at a time

        // The gate is closed: if serialization ran on this thread or in this turn, the call would not return.
        var export = await Task.Factory.StartNew(() => store.ExportAsync([Object(1)], Limit), Limit, TaskCreationOptions.None, turn).WaitAsync(Limit);
        Assert.False(export.IsCompleted);
        await Task.Factory.StartNew(() => { }, Limit, TaskCreationOptions.None, turn).WaitAsync(Limit); // the next turn's work
        gate.Set();
        await export;

        Assert.Same(TaskScheduler.Default, scheduler);
        Assert.Equal([Object(1)], await ListAsync(store.FetchAsync(Limit)));

        void Hold()
        {
            scheduler = TaskScheduler.Current;
            gate.Wait(Limit);
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
        ConformanceObject[] exported = [Object(1), Object(2) with { Text = "äöü \u0001 \ud83d\ude00" }, Object(3) with { Text = new string('x', 100_000) }];
        var store = await Stores().CreateAsync("objects", options, Limit);
        var result = await store.ExportAsync(exported, Limit);

        Assert.Equal((3, Clock.Now), (result.Objects, result.Time));
        Assert.Equal(exported, await ListAsync(store.FetchAsync(Limit)));
        await store.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => store.FetchAsync(Limit));
        await ReopenAsync();
        await using var again = await Stores().OpenAsync("objects", options, Limit);
        Assert.Equal(exported, await ListAsync(again.FetchAsync(Limit)));
    }

    [Fact]
    [Trait("Requirement", "g.4.1")]
    public async Task A_snapshot_store_holds_the_last_export_only()
    {
        var store = await Stores().CreateAsync("objects", Options(snapshot: true), Limit);
        await store.ExportAsync([Object(1), Object(2), Object(3)], Limit);
        await store.ExportAsync([Object(4)], Limit);
        await store.ExportAsync([Object(5), Object(6)], Limit);
        Assert.Equal([5, 6], await IdsAsync(store));

        await store.ExportAsync([], Limit);
        Assert.Empty(await IdsAsync(store));
        await store.DisposeAsync();
        await ReopenAsync();
        await using var again = await Stores().OpenAsync("objects", Options(snapshot: true), Limit);
        Assert.Empty(await IdsAsync(again));
    }

    [Fact]
    [Trait("Requirement", "g.4.1")]
    public async Task Of_exports_that_are_not_awaited_the_one_called_last_counts()
    {
        var store = await Stores().CreateAsync("objects", Options(snapshot: true), Limit);

        await Task.WhenAll(Enumerable.Range(1, 100).Select(i => store.ExportAsync([Object(i)], Limit)));

        Assert.Equal([100], await IdsAsync(store));
    }

    [Fact]
    [Trait("Requirement", "g.4.2")]
    public async Task An_appending_store_holds_the_sum_of_all_exports()
    {
        var options = Options(snapshot: false, timestamps: false);
        var store = await Stores().CreateAsync("objects", options, Limit);
        await store.ExportAsync([Object(3), Object(1)], Limit);
        await store.ExportAsync([], Limit);
        await store.ExportAsync([Object(2)], Limit);
        await store.DisposeAsync();
        await ReopenAsync();
        await using var again = await Stores().OpenAsync("objects", options, Limit);
        await again.ExportAsync([Object(1)], Limit);

        Assert.Equal([3, 1, 2, 1], await IdsAsync(again));
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
            var store = await Stores().OpenOrCreateAsync("objects", options, Limit);
            for (var i = 1; i <= 7; i++)
                await store.ExportAsync([Object((round * 10) + i)], Limit);
            if (closed)
                await store.DisposeAsync();
            await ReopenAsync();
        }

        await using var last = await Stores().OpenAsync("objects", options, Limit);

        Assert.Equal([27], await IdsAsync(last));
        Assert.Equal((21, 1, 0), (last.Restored!.Number, last.Restored.Objects, last.Restored.Damage.Count));
    }

    [Fact]
    [Trait("Requirement", "g.6.1")]
    public async Task A_snapshot_that_cannot_be_read_is_passed_over_for_the_one_before_and_so_on_and_reported()
    {
        var options = Options(snapshot: true);
        var store = await Stores().CreateAsync("objects", options, Limit);
        for (var i = 1; i <= 5; i++)
            await store.ExportAsync([Object(i)], Limit);
        await store.DisposeAsync();
        await ReopenAsync();

        for (var damaged = 1; damaged < Snapshots.Keep; damaged++)
        {
            var stores = new ObjectStores(await DamagedStorage.NewestAsync(Storage, damaged, Limit), Clock);
            await using var again = await stores.OpenAsync("objects", options, Limit);

            Assert.Equal((5 - damaged, damaged), (again.Restored!.Number, again.Restored.Damage.Count));
            Assert.All(again.Restored.Damage, d => Assert.IsType<JournalDamagedException>(d));
            Assert.Equal([5 - damaged], await IdsAsync(again));
            if (damaged < Snapshots.Keep - 1)
                continue;
            await again.ExportAsync([Object(6)], Limit);
            Assert.Equal([6], await IdsAsync(again));
            Assert.Empty(again.Restored!.Damage);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_deleted_store_is_gone_and_its_name_is_free(bool snapshot)
    {
        var stores = Stores();
        var store = await stores.CreateAsync("a/b", Options(snapshot), Limit);
        await store.ExportAsync([Object(1)], Limit);
        await (await stores.CreateAsync("a", Options(snapshot), Limit)).ExportAsync([Object(2)], Limit);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await stores.DeleteAsync("a/b", Limit));
        await store.DisposeAsync();

        await stores.DeleteAsync("a/b", Limit);

        await ReopenAsync();
        stores = Stores();
        Assert.Equal(["a"], await ListAsync(stores.ListAsync(Limit)));
        await Assert.ThrowsAsync<ObjectStoreNotFoundException>(async () => await stores.DeleteAsync("a/b", Limit));
        await using var anew = await stores.CreateAsync("a/b", Options(!snapshot), Limit);
        Assert.Empty(await IdsAsync(anew));
        await anew.ExportAsync([Object(3)], Limit);
        Assert.Equal([3], await IdsAsync(anew));
    }

    private ObjectStores Stores() => new(Storage, Clock);

    private ConformanceObject Object(int id) => new(id, Clock.Now.AddMinutes(id));

    private static ObjectStoreOptions<ConformanceObject> Options(bool snapshot, bool timestamps = true) =>
        new() { Snapshot = snapshot, Timestamp = timestamps ? o => o.Time : null };

    private async Task<IEnumerable<int>> IdsAsync(ObjectStore<ConformanceObject> store) => (await ListAsync(store.FetchAsync(Limit))).Select(o => o.Id);
}
