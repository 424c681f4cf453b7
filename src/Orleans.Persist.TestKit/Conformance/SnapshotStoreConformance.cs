using Orleans.Persist.Snapshots;
using Xunit;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>The snapshot store: newest first, the last few kept, late older ones refused.</summary>
/// <typeparam name="TFixture">The plug-in under test.</typeparam>
public abstract class SnapshotStoreConformance<TFixture> : StorageConformance<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    public async Task An_unknown_owner_has_none()
    {
        Assert.Empty(await ListAsync(Snapshots.ReadAsync("o", Limit)));
        await Snapshots.DeleteAsync("o", Limit);
        Assert.Empty(await ListAsync(Snapshots.ListOwnersAsync("", Limit)));
    }

    [Fact]
    public async Task A_snapshot_comes_back_as_it_was_saved()
    {
        var saved = Snapshot(42, incarnation: 3) with { Type = "zustand/ü", SchemaVersion = 5, Time = Clock.Now.AddTicks(-12345), Data = Bytes(10_000) };
        var number = await Snapshots.SaveAsync("o", saved, Limit);
        var read = Assert.Single(await ListAsync(Snapshots.ReadAsync("o", Limit)));
        Assert.Equal((number, null), (read.Number, read.Damage));
        Assert.Equal(saved with { Data = default }, read.Snapshot! with { Data = default });
        Assert.True(read.Snapshot.Data.Span.SequenceEqual(saved.Data.Span));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5_000_000)]
    public async Task A_state_of_any_size_comes_back(int size)
    {
        await Snapshots.SaveAsync("o", Snapshot(1) with { Data = Bytes(size) }, Limit);
        var read = Assert.Single(await ListAsync(Snapshots.ReadAsync("o", Limit)));
        Assert.True(read.Snapshot!.Data.Span.SequenceEqual(Bytes(size)));
    }

    [Fact]
    public async Task The_newest_comes_first_and_the_last_few_are_kept()
    {
        var total = Snapshots.Keep + 3;
        var numbers = new List<long>();
        for (var version = 1; version <= total; version++)
            numbers.Add(await Snapshots.SaveAsync("o", Snapshot(version * 10), Limit));
        Assert.Equal(numbers.Order().Distinct(), numbers);
        var read = await ListAsync(Snapshots.ReadAsync("o", Limit));
        Assert.Equal(Enumerable.Range(0, Snapshots.Keep).Select(i => (total - i) * 10L), read.Select(r => r.Snapshot!.Version));
        Assert.Equal(numbers.AsEnumerable().Reverse().Take(Snapshots.Keep), read.Select(r => r.Number));
    }

    [Fact]
    public async Task A_late_older_one_is_refused()
    {
        await Snapshots.SaveAsync("o", Snapshot(10), Limit);
        await Assert.ThrowsAsync<SnapshotOutdatedException>(() => Snapshots.SaveAsync("o", Snapshot(9), Limit).AsTask());
        Assert.Equal([10], await VersionsAsync("o"));
        await Snapshots.SaveAsync("other", Snapshot(9), Limit);
    }

    [Fact]
    public async Task The_same_version_again_becomes_the_newest()
    {
        await Snapshots.SaveAsync("o", Snapshot(10) with { Data = Bytes(1) }, Limit);
        await Snapshots.SaveAsync("o", Snapshot(10) with { Data = Bytes(2) }, Limit);
        Assert.Equal(2, (await ListAsync(Snapshots.ReadAsync("o", Limit)))[0].Snapshot!.Data.Length);
    }

    [Fact]
    public async Task A_later_incarnation_begins_anew_and_the_old_one_is_refused_from_then_on()
    {
        await Snapshots.SaveAsync("o", Snapshot(1000, incarnation: 1), Limit);
        await Snapshots.SaveAsync("o", Snapshot(1, incarnation: 2), Limit);
        Assert.Equal(2, (await ListAsync(Snapshots.ReadAsync("o", Limit)))[0].Snapshot!.Incarnation);
        await Assert.ThrowsAsync<SnapshotOutdatedException>(() => Snapshots.SaveAsync("o", Snapshot(2000, incarnation: 1), Limit).AsTask());
    }

    [Fact]
    public async Task Deleting_an_owner_removes_all_of_its_snapshots_and_no_others()
    {
        await Snapshots.SaveAsync("o", Snapshot(10), Limit);
        await Snapshots.SaveAsync("o", Snapshot(20), Limit);
        await Snapshots.SaveAsync("o2", Snapshot(5), Limit);
        await Snapshots.DeleteAsync("o", Limit);
        Assert.Empty(await VersionsAsync("o"));
        Assert.Equal([5], await VersionsAsync("o2"));
        await Snapshots.SaveAsync("o", Snapshot(1), Limit);
        Assert.Equal([1], await VersionsAsync("o"));
    }

    [Fact]
    public async Task Owners_are_listed_by_prefix()
    {
        foreach (var owner in new[] { "a/1", "a/2", "b" })
            await Snapshots.SaveAsync(owner, Snapshot(1), Limit);
        await Snapshots.SaveAsync("a/3", Snapshot(1), Limit);
        await Snapshots.DeleteAsync("a/3", Limit);
        Assert.Equal(["a/1", "a/2"], (await ListAsync(Snapshots.ListOwnersAsync("a/", Limit))).Order(StringComparer.Ordinal));
        Assert.Equal(["a/1", "a/2", "b"], (await ListAsync(Snapshots.ListOwnersAsync("", Limit))).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Saves_at_once_leave_the_highest_version_as_the_newest()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(1, 16).Select(version => Task.Run(async () =>
        {
            try
            {
                await Snapshots.SaveAsync("o", Snapshot(version), Limit);
                return true;
            }
            catch (SnapshotOutdatedException)
            {
                return false;
            }
        }))).WaitAsync(Limit);
        Assert.True(outcomes[^1]);
        var versions = await VersionsAsync("o");
        Assert.Equal(16, versions[0]);
        Assert.Equal(versions.OrderDescending().Distinct(), versions);
        Assert.InRange(versions.Count, 1, Snapshots.Keep);
    }

    [Fact]
    public async Task Snapshots_are_no_events()
    {
        await AppendAsync("o", Event("a"));
        await Snapshots.SaveAsync("o", Snapshot(1), Limit);
        await AssertHoldsAsync("o", "a");
        Assert.Single(await ListAsync(Journal.ListStreamsAsync("", Limit)));
        await Journal.DeleteAsync("o", Orleans.Persist.Journal.ExpectedVersion.Any, Limit);
        Assert.Equal([1], await VersionsAsync("o"));
    }

    [Fact]
    public async Task Bad_names_are_refused()
    {
        foreach (var name in new[] { "", "a\0", "\n", new string('x', 10_000) })
        {
            await Assert.ThrowsAnyAsync<ArgumentException>(() => Snapshots.SaveAsync(name, Snapshot(1), Limit).AsTask());
            await Assert.ThrowsAnyAsync<ArgumentException>(() => VersionsAsync(name));
            await Assert.ThrowsAnyAsync<ArgumentException>(() => Snapshots.DeleteAsync(name, Limit).AsTask());
        }

        foreach (var name in new[] { "..", "a/b", "ü😀" })
            await Snapshots.SaveAsync(name, Snapshot(1), Limit);
    }

    [Fact]
    public async Task A_cancelled_save_happened_whole_or_not_at_all()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Snapshots.SaveAsync("o", Snapshot(1), cancelled.Token).AsTask());
        Assert.Empty(await VersionsAsync("o"));
    }

    private Snapshot Snapshot(long version, int incarnation = 1) =>
        new() { Incarnation = incarnation, Version = version, Time = Clock.Now, Type = "state", Data = Bytes(100) };

    private static byte[] Bytes(int size)
    {
        var bytes = new byte[size];
        for (var i = 0; i < size; i++)
            bytes[i] = (byte)((i * 7) ^ (i >> 9));
        return bytes;
    }

    private async Task<IReadOnlyList<long>> VersionsAsync(string owner) =>
        [.. (await ListAsync(Snapshots.ReadAsync(owner, Limit))).Select(r => r.Snapshot!.Version)];
}
