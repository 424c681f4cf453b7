using Orleans.Persist.Objects;
using Orleans.Persist.Tests.Sources;
using static Orleans.Persist.Tests.Sources.SourceCluster;

namespace Orleans.Persist.Tests.Objects;

/// <summary>Object stores on a cluster of two silos, called by a client.</summary>
[Collection(SourceClusterCollection.Name)]
public sealed class ObjectStoreGrainTests(SourceCluster cluster)
{
    private static readonly DateTimeOffset Noon = DateTimeOffset.UtcNow;

    private readonly string _name = Guid.NewGuid().ToString("N");

    private IObjectStoreGrain<Reading> Store(string kind) => cluster.Cluster.Client.GetGrain<IObjectStoreGrain<Reading>>($"{kind}-{_name}");

    [Fact]
    [Trait("Requirement", "g.1.0")]
    [Trait("Requirement", "g.4.0")]
    [Trait("Requirement", "g.4.2")]
    [Trait("Requirement", "g.4.3")]
    [Trait("Requirement", "g.4.4")]
    public async Task An_appending_store_gives_back_the_sum_of_its_exports_in_order_of_time_also_after_it_was_closed()
    {
        var store = Store("appending");
        await Assert.ThrowsAsync<ObjectStoreNotFoundException>(() => store.Export([At(0)], default).WaitAsync(Patience));
        await store.Create(default).WaitAsync(Patience);
        var exists = await Assert.ThrowsAsync<ObjectStoreExistsException>(() => store.Create(default).WaitAsync(Patience));
        Assert.Equal($"appending-{_name}", exists.Name);

        await store.Export([At(3), At(1)], default).WaitAsync(Patience);
        await store.Export([At(2), At(5)], default).WaitAsync(Patience);
        await cluster.Cluster.DeactivateAsync(store).WaitAsync(Patience);

        Assert.Equal([1, 2, 3, 5], await store.Fetch(default).Select(r => r.Value).ToListAsync());
        Assert.Equal([2, 3], await store.FetchRange(Noon.AddMinutes(2), Noon.AddMinutes(5), default).Select(r => r.Value).ToListAsync());
        await Assert.ThrowsAsync<ObjectStoreExistsException>(() => store.Create(default).WaitAsync(Patience));
    }

    [Fact]
    public async Task An_export_with_an_id_can_be_called_again_also_after_the_store_was_closed_and_is_stored_once()
    {
        var store = Store("appending");
        await store.Create(default).WaitAsync(Patience);
        var first = await store.ExportOnce([At(1), At(2)], "id", default).WaitAsync(Patience);
        await cluster.Cluster.DeactivateAsync(store).WaitAsync(Patience);
        var again = await store.ExportOnce([At(1), At(2)], "id", default).WaitAsync(Patience);
        Assert.Equal(first.Number, again.Number);
        Assert.Equal([1, 2], await store.Fetch(default).Select(r => r.Value).ToListAsync());
    }

    [Fact]
    [Trait("Requirement", "g.5.1")]
    public async Task A_purge_keeps_what_is_younger_than_the_retention_time()
    {
        var store = Store("retained");
        await store.Create(default).WaitAsync(Patience);
        await store.Export([At(-120), At(-30), At(30)], default).WaitAsync(Patience);

        var purged = await store.Purge(default).WaitAsync(Patience);

        Assert.Equal((1, 2), (purged.Purged, purged.Kept));
        Assert.Equal([-30, 30], await store.Fetch(default).Select(r => r.Value).ToListAsync());
    }

    [Fact]
    [Trait("Requirement", "g.4.1")]
    [Trait("Requirement", "g.5.0")]
    [Trait("Requirement", "g.5.2")]
    public async Task A_snapshot_store_holds_the_last_export_and_neither_it_nor_one_without_retention_is_purged()
    {
        var snapshots = Store("snapshot");
        await snapshots.Create(default).WaitAsync(Patience);
        await snapshots.Export([At(1)], default).WaitAsync(Patience);
        await snapshots.Export([At(2), At(3)], default).WaitAsync(Patience);
        Assert.Equal([2, 3], await snapshots.Fetch(default).Select(r => r.Value).ToListAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(() => snapshots.Purge(default).WaitAsync(Patience));

        var appending = Store("appending");
        await appending.Create(default).WaitAsync(Patience);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => appending.Purge(default).WaitAsync(Patience));
        Assert.Contains("retention", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_store_is_gone_and_its_name_is_free()
    {
        var store = Store("appending");
        await store.Create(default).WaitAsync(Patience);
        await store.Export([At(1)], default).WaitAsync(Patience);
        await store.Delete(default).WaitAsync(Patience);
        await Assert.ThrowsAsync<ObjectStoreNotFoundException>(() => store.Delete(default).WaitAsync(Patience));

        await store.Create(default).WaitAsync(Patience);

        Assert.Empty(await store.Fetch(default).ToListAsync());
    }

    [Fact]
    [Trait("Requirement", "g.4.0")]
    public async Task A_store_whose_silo_dies_is_opened_by_another_one_with_all_that_was_acknowledged()
    {
        var silo = cluster.Cluster.Silos[1];
        var store = Store("appending");
        await cluster.PlaceAsync(() => store.Create(default), silo);
        await store.Export([At(1), At(2)], default).WaitAsync(Patience);

        await cluster.KillAsync(silo);

        Assert.Equal([1, 2], await store.Fetch(default).Select(r => r.Value).ToListAsync());
        await store.Export([At(3)], default).WaitAsync(Patience);
        Assert.Equal([1, 2, 3], await store.Fetch(default).Select(r => r.Value).ToListAsync());
    }

    private static Reading At(int minutes) => new(Noon.AddMinutes(minutes), minutes);
}
