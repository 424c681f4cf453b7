using Orleans.Persist.AzureStorage.Rows;
using Orleans.Persist.Journal;
using Orleans.Persist.Snapshots;
using Orleans.Persist.TestKit;

namespace Orleans.Persist.AzureStorage.Tests;

/// <summary>Sweeps that run by themselves, and what they remove.</summary>
[Trait("Requirement", "o.10")]
public sealed class SweepTests : AzureTestBase
{
    private readonly ManualTimeProvider _clock = new(DateTimeOffset.UtcNow);

    protected override void Configure(AzureStorageOptions options) => options.IndexEvery = 16;

    [Fact]
    public async Task Snapshots_that_no_row_names_are_removed_and_those_kept_stay()
    {
        await Storage.Snapshots.SaveAsync("o", Snapshot(1), Limit);
        await Storage.Snapshots.SaveAsync("o", Snapshot(2), Limit);
        var orphans = new[] { StreamKey.SnapshotBlob(StreamKey.Of("o").Partition, Guid.NewGuid()), StreamKey.SnapshotBlob(StreamKey.Of("nobody/~").Partition, Guid.NewGuid()) };
        foreach (var orphan in orphans)
            await Raw.Blobs.CreateAsync(orphan, new byte[10], Limit);
        Assert.Equal(new SweepReport(0, 0), await Storage.AzureJournal.SweepAsync(cancellationToken: Limit));
        Assert.Equal(new SweepReport(0, 2), await Storage.AzureJournal.SweepAsync(TimeSpan.Zero, Limit));
        Assert.All(orphans, orphan => Assert.Null(Raw.Blobs.GetLengthAsync(orphan, Limit).GetAwaiter().GetResult()));
        Assert.Equal([2, 1], await Storage.Snapshots.ReadAsync("o", Limit).Select(r => (int)r.Snapshot!.Version).ToListAsync(Limit));
    }

    [Fact]
    public async Task Index_rows_of_an_earlier_incarnation_are_removed()
    {
        for (var i = 0; i < 16; i++)
            await AppendAsync("s", Event($"{i}"));
        await Journal.DeleteAsync("s", ExpectedVersion.Any, Limit);
        await Storage.AzureJournal.Cleaner.WhenIdleAsync(TimeSpan.FromSeconds(60));

        // An indexer that did not know of the deletion yet writes its block after it.
        await Raw.OverwriteAsync(new IndexRow { PartitionKey = StreamKey.Of("s").Partition, RowKey = StreamKey.Index(1, 7, 16), Frame = new byte[9] }, Limit);
        Assert.Equal(new SweepReport(1, 0), await Storage.AzureJournal.SweepAsync(cancellationToken: Limit));
    }

    [Fact]
    public async Task A_sweep_runs_by_itself_once_a_day()
    {
        var swept = new TaskCompletionSource<SweepReport>(TaskCreationOptions.RunContinuationsAsynchronously);
        Options.OnSwept = swept.SetResult;
        await AppendAsync("s", Event("first"));
        await using var other = await AzurePersistStorage.OpenAsync(Options, _clock, Limit);
        await Raw.OverwriteAsync(new CommitRow { PartitionKey = StreamKey.Of("s").Partition, RowKey = StreamKey.Commit(0, 5), Frame = new byte[5] }, Limit);
        _clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(new SweepReport(1, 0), await swept.Task.WaitAsync(Limit));
        Assert.Null((await other.AzureJournal.Sweeps.TryAsync(Limit)).Report);
    }

    [Fact]
    public async Task Of_several_processes_one_sweeps_and_the_next_time_is_a_day_later()
    {
        Options.SweepEvery = TimeSpan.FromHours(6);
        await using var one = await AzurePersistStorage.OpenAsync(Options, _clock, Limit);
        await using var two = await AzurePersistStorage.OpenAsync(Options, _clock, Limit);
        var both = await Task.WhenAll(one.AzureJournal.Sweeps.TryAsync(Limit), two.AzureJournal.Sweeps.TryAsync(Limit));
        Assert.Single(both, result => result.Report is not null);
        await using var later = await AzurePersistStorage.OpenAsync(Options, new ManualTimeProvider(_clock.GetUtcNow().AddHours(4)), Limit);
        Assert.Equal((null, TimeSpan.FromHours(2)), await later.AzureJournal.Sweeps.TryAsync(Limit));
        await using var after = await AzurePersistStorage.OpenAsync(Options, new ManualTimeProvider(_clock.GetUtcNow().AddHours(6)), Limit);
        Assert.NotNull((await after.AzureJournal.Sweeps.TryAsync(Limit)).Report);
    }

    [Fact]
    public async Task Zero_is_never()
    {
        Options.SweepEvery = TimeSpan.Zero;
        await using var other = await AzurePersistStorage.OpenAsync(Options, _clock, Limit);
        Assert.Equal(0, _clock.ActiveTimers);
        Options.SweepEvery = TimeSpan.FromSeconds(1);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => AzurePersistStorage.OpenAsync(Options, _clock, Limit));
    }

    private static Snapshot Snapshot(long version) => new() { Incarnation = 1, Version = version, Time = DateTimeOffset.UtcNow, Type = "t", Data = new byte[10] };
}
