using Orleans.Persist.AzureStorage.Rows;
using Orleans.Persist.AzureStorage.Tables;
using Orleans.Persist.Journal;
using Orleans.Persist.Snapshots;

namespace Orleans.Persist.AzureStorage.Tests;

/// <summary>What was damaged behind the storage's back is an error that says what and where; nothing is skipped, nothing hangs.</summary>
[Trait("Requirement", "o.10")]
public sealed class DamageTests : AzureTestBase
{
    private const int Large = 1 << 20;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_commit_with_a_changed_byte_is_told(bool backward)
    {
        await ThreeCommitsAsync(10);
        var row = (await Raw.CommitsAsync("s", Limit))[1];
        var frame = row.TakeFrame();
        frame[^1] ^= 1;
        row.Frame = frame;
        await Raw.OverwriteAsync(row, Limit);
        await DamagedAsync(backward, "the checksum does not match", row.RowKey, 2);
    }

    [Fact]
    public async Task A_commit_that_was_cut_off_is_told()
    {
        await ThreeCommitsAsync(200_000);
        var row = (await Raw.CommitsAsync("s", Limit))[1];
        row.Frame = row.TakeFrame().AsMemory(0, 65_536);
        await Raw.OverwriteAsync(row, Limit);
        await DamagedAsync(false, "65536 bytes are there", row.RowKey, 2);
    }

    [Fact]
    public async Task A_commit_in_anothers_place_is_told()
    {
        await ThreeCommitsAsync(10);
        await AppendAsync("t", Event("t1"));
        await AppendAsync("t", Event("t2"));
        var rows = await Raw.CommitsAsync("s", Limit);
        var foreign = (await Raw.CommitsAsync("t", Limit))[1];
        var (key, place) = (rows[1].PartitionKey, rows[1].RowKey);
        foreign.Frame = foreign.TakeFrame();
        (foreign.PartitionKey, foreign.RowKey) = (key, place);
        await Raw.OverwriteAsync(foreign, Limit);
        await DamagedAsync(false, "another one's", place, 2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_gap_in_the_chain_is_told(bool backward)
    {
        await ThreeCommitsAsync(10);
        await Raw.RemoveAsync((await Raw.CommitsAsync("s", Limit))[1], Limit);
        await DamagedAsync(backward, "versions 2 to 2 of incarnation 1 are missing", "partition", 2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_missing_end_is_told(bool backward)
    {
        await ThreeCommitsAsync(10);
        await Raw.RemoveAsync((await Raw.CommitsAsync("s", Limit))[2], Limit);
        await DamagedAsync(backward, "are missing", "partition", 3);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_commit_whose_blob_is_gone_is_told(bool backward)
    {
        await ThreeCommitsAsync(Large);
        var row = (await Raw.CommitsAsync("s", Limit))[1];
        await Raw.Blobs.DeleteAsync(row.Blob!, Limit);
        await DamagedAsync(backward, "the blob with the commit's events is gone", row.Blob!, 2);
    }

    [Fact]
    public async Task A_commit_whose_blob_is_another_is_told()
    {
        await ThreeCommitsAsync(Large);
        var row = (await Raw.CommitsAsync("s", Limit))[1];
        await Raw.Blobs.DeleteAsync(row.Blob!, Limit);
        await Raw.Blobs.CreateAsync(row.Blob!, new byte[row.Length], Limit);
        await DamagedAsync(false, "the checksum does not match", row.Blob!, 2);
    }

    [Fact]
    public async Task A_head_that_makes_no_sense_stops_readers_and_writers()
    {
        await ThreeCommitsAsync(10);
        await Raw.OverwriteAsync(new HeadRow { PartitionKey = StreamKey.Of("s").Partition, Name = "s", Version = 3, FirstVersion = 7 }, Limit);
        await using var other = await OpenAsync();
        var read = await Assert.ThrowsAsync<JournalDamagedException>(() => ReadAsync(other.Journal, "s"));
        var write = await Assert.ThrowsAsync<JournalDamagedException>(() => other.Journal.AppendAsync("s", ExpectedVersion.Any, Event("x"), Limit).AsTask());
        Assert.Equal(read.Message, write.Message);
        Assert.Contains("first version 7", read.Message, StringComparison.Ordinal);
        Assert.Contains(Options.TableName, read.Place, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_or_missing_snapshot_is_told_and_the_one_before_follows()
    {
        for (var version = 1; version <= 3; version++)
            await Storage.Snapshots.SaveAsync("o", new Snapshot { Incarnation = 1, Version = version, Time = DateTimeOffset.UtcNow, Type = "t", Data = new byte[100] }, Limit);
        var (row, _) = (await Raw.Table.GetAsync<SnapshotsRow>(StreamKey.Of("o").Partition, StreamKey.Snapshots, Limit))!.Value;
        var names = row.Kept.Select(k => StreamKey.SnapshotBlob(StreamKey.Of("o").Partition, k.Blob)).ToArray();
        await Raw.Blobs.DeleteAsync(names[2], Limit);
        await Raw.Blobs.DeleteAsync(names[1], Limit);
        await Raw.Blobs.CreateAsync(names[1], new byte[row.Kept[1].Length], Limit);
        var read = await Storage.Snapshots.ReadAsync("o", Limit).ToListAsync(Limit);
        Assert.Equal([3, 2, 1], read.Select(r => r.Number));
        Assert.Contains("the blob is gone", read[0].Damage!.Message, StringComparison.Ordinal);
        Assert.Contains("checksum", read[1].Damage!.Message, StringComparison.Ordinal);
        Assert.Equal(1, read[2].Snapshot!.Version);
    }

    private async Task ThreeCommitsAsync(int size)
    {
        for (var i = 1; i <= 3; i++)
            await AppendAsync("s", Event($"e{i}", size));
    }

    private async Task DamagedAsync(bool backward, string says, string where, long version)
    {
        var seen = new List<long>();
        var error = await Assert.ThrowsAsync<JournalDamagedException>(async () =>
        {
            await foreach (var @event in Journal.ReadAsync("s", new ReadRequest { Backward = backward }, Limit))
                seen.Add(@event.Version);
        });
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Contains(where, error.Place, StringComparison.Ordinal);
        Assert.Equal(("s", version), (error.Stream, error.Version));
        Assert.All(seen, v => Assert.True(backward ? v > version : v < version));
    }
}
