using Orleans.Persist.Journal;
using Orleans.Persist.TestKit.Faults;
using static Orleans.Persist.Embedded.Tests.Logs;

namespace Orleans.Persist.Embedded.Tests;

public sealed class CompactionTests
{
    private readonly FaultyDirectory _directory = new();

    [Fact]
    public async Task The_space_of_truncated_and_deleted_streams_comes_back_and_nothing_else_changes()
    {
        await using var storage = await OpenAsync(_directory);
        await FillAsync(storage.Journal, 200);
        await storage.Journal.TruncateAsync("s0", 60);
        await storage.Journal.DeleteAsync("s1", ExpectedVersion.Any);
        await storage.Journal.AddAsync("s1", "again");
        var before = storage.EmbeddedJournal.Bytes;
        await storage.EmbeddedJournal.CompactAsync();
        Assert.InRange(storage.EmbeddedJournal.Bytes, 0, before * 6 / 10);
        Assert.Equal(Enumerable.Range(59, 8).Select(i => Text(i, 2000)), await storage.Journal.TextsAsync("s0"));
        Assert.Equal(["again"], await storage.Journal.TextsAsync("s1"));
        Assert.Equal(Enumerable.Range(0, 66).Select(i => Text(i, 2000)), await storage.Journal.TextsAsync("s2"));
    }

    [Fact]
    public async Task Heads_incarnations_producers_and_positions_outlive_compaction_and_reopening()
    {
        await using (var storage = await OpenAsync(_directory))
        {
            var producer = new ProducerSequence("p", 7);
            await storage.Journal.AppendAsync("truncated", ExpectedVersion.Any, new[] { Event("a"), Event("b") }, producer);
            await FillAsync(storage.Journal, 100);
            await storage.Journal.AddAsync("truncated", "c");
            await storage.Journal.TruncateAsync("truncated", 4);
            await storage.Journal.DeleteAsync("s1", ExpectedVersion.Any);
            await storage.EmbeddedJournal.CompactAsync();
            await storage.EmbeddedJournal.CompactAsync();
        }

        await using var again = await OpenAsync(_directory);
        var head = await again.Journal.GetHeadAsync("truncated");
        Assert.Equal((1, 3L, 4L), (head.Incarnation, head.Version, head.FirstVersion));
        Assert.Equal((2, 0L), ((await again.Journal.GetHeadAsync("s1")).Incarnation, (await again.Journal.GetHeadAsync("s1")).Version));
        var retry = await again.Journal.AppendAsync("truncated", ExpectedVersion.Any, new[] { Event("a"), Event("b") }, new ProducerSequence("p", 7));
        Assert.Equal((true, 1L, 2L), (retry.Duplicate, retry.FirstVersion, retry.LastVersion));
        Assert.Equal(103, again.EmbeddedJournal.Position);
        Assert.Empty((await VerifyAsync(again)).Damage);
    }

    [Fact]
    public async Task Appends_and_reads_go_on_during_compaction()
    {
        await using var storage = await OpenAsync(_directory);
        await FillAsync(storage.Journal, 200);
        await storage.Journal.TruncateAsync("s0", 60);
        using var gate = _directory.Disk.Hold(StorageOperation.RenameFile);
        var compaction = storage.EmbeddedJournal.CompactAsync();
        await gate.Arrived.WaitAsync(Limit);
        await storage.Journal.AddAsync("s0", "meanwhile");
        Assert.Equal(9, (await storage.Journal.TextsAsync("s0")).Count);
        Assert.False(compaction.IsCompleted);
        gate.Release();
        await compaction.WaitAsync(Limit);
        Assert.Equal("meanwhile", (await storage.Journal.TextsAsync("s0"))[^1]);
    }

    [Fact]
    public async Task A_crash_at_any_point_of_a_compaction_loses_nothing()
    {
        for (var changes = 1; changes < 60; changes += 2)
        {
            var directory = new FaultyDirectory();
            var storage = await OpenAsync(directory);
            await FillAsync(storage.Journal, 120);
            await storage.Journal.TruncateAsync("s0", 38);
            await storage.Journal.DeleteAsync("s1", ExpectedVersion.Any);
            directory.Disk.CutPowerAfter(changes);
            await storage.EmbeddedJournal.CompactAsync().ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(Limit);
            await using var again = await OpenAsync(directory.PowerLoss(changes));
            Assert.Equal(Enumerable.Range(37, 3).Select(i => Text(i, 2000)), await again.Journal.TextsAsync("s0"));
            Assert.Empty(await again.Journal.TextsAsync("s1"));
            Assert.Equal(Enumerable.Range(0, 40).Select(i => Text(i, 2000)), await again.Journal.TextsAsync("s2"));
        }
    }

    [Fact]
    public async Task A_damaged_segment_is_told_and_left_as_it_is()
    {
        await using var storage = await OpenAsync(_directory);
        await FillAsync(storage.Journal, 100);
        await storage.Journal.TruncateAsync("s0", 30);
        var journal = (FaultyDirectory)_directory.Open("journal");
        journal.FlipBit("0000000001-0001.log", 5000);
        var error = await Assert.ThrowsAsync<JournalDamagedException>(() => storage.EmbeddedJournal.CompactAsync());
        Assert.StartsWith("0000000001-0001.log at offset", error.Place, StringComparison.Ordinal);
        Assert.Contains("0000000001-0001.log", journal.List());
    }

    [Fact]
    public async Task It_starts_by_itself_once_enough_is_dead()
    {
        await using var storage = await EmbeddedStorage.OpenAsync(_directory, new EmbeddedOptions { SegmentBytes = 64 << 10 });
        await FillAsync(storage.Journal, 300);
        using var gate = _directory.Disk.Hold(StorageOperation.RenameFile);
        await storage.Journal.DeleteAsync("s0", ExpectedVersion.Any);
        await storage.Journal.DeleteAsync("s1", ExpectedVersion.Any);
        await gate.Arrived.WaitAsync(Limit);
    }

    private static Task<EmbeddedStorage> OpenAsync(FaultyDirectory directory) =>
        EmbeddedStorage.OpenAsync(directory, new EmbeddedOptions { SegmentBytes = 64 << 10, CompactInBackground = false });

    /// <summary>Streams s0, s1 and s2 in turn, with numbered texts of 2,000 bytes.</summary>
    private static async Task FillAsync(IJournal journal, int events)
    {
        for (var i = 0; i < events; i++)
            await journal.AddAsync($"s{i % 3}", Text(i / 3, 2000));
    }

    private async Task<VerifyReport> VerifyAsync(EmbeddedStorage storage)
    {
        await storage.DisposeAsync();
        return await EmbeddedVerifier.VerifyAsync(_directory);
    }
}
