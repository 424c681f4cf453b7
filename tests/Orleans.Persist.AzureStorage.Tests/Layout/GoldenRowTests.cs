using System.Text;
using Orleans.Persist.AzureStorage.Rest;
using Orleans.Persist.AzureStorage.Rows;
using Orleans.Persist.AzureStorage.Snapshots;
using Orleans.Persist.AzureStorage.Streams;
using Orleans.Persist.AzureStorage.Tables;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;
using Orleans.Persist.Snapshots;

namespace Orleans.Persist.AzureStorage.Tests.Layout;

/// <summary>Pins the layout: what a release has written, every later one must read.</summary>
[Trait("Requirement", "o.10")]
public sealed class GoldenRowTests
{
    private static readonly StreamKey Key = StreamKey.Of("order/17");
    private static readonly long Recorded = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc).Ticks;

    [Fact]
    public void A_commit()
    {
        using var events = new EncodedAppend("order/17", [new EventData { Type = "placed", Id = "1", Data = "abc"u8.ToArray() }, new EventData { Type = "paid", Time = DateTimeOffset.UnixEpoch }], 200);
        var row = new CommitRow
        {
            PartitionKey = Key.Partition,
            RowKey = StreamKey.Commit(1, 8),
            FirstVersion = 7,
            Commit = new Guid("00112233-4455-6677-8899-aabbccddeeff"),
            Ids = events.NewestIdentities(512),
            Checksum = events.Seal(Key, 1, 7, Recorded),
            Length = events.Length,
            Frame = events.Frame,
        };
        Assert.Equal(
            "{'PartitionKey':'a253-order~2f17','RowKey':'c0000000001-0000000000000000008','FirstVersion@odata.type':'Edm.Int64','FirstVersion':'7','Commit@odata.type':'Edm.Binary','Commit':'MyIRAFVEd2aImaq7zN3u/w==','Length@odata.type':'Edm.Int64','Length':'77','Checksum@odata.type':'Edm.Int64','Checksum':'3881874093','Ids@odata.type':'Edm.Binary','Ids':'Qr6MLXBBdqAAAAAAAAAAAA==','Data00@odata.type':'Edm.Binary','Data00':'AQAAAK2yYOdToslocgYtiQEAAAACAAAABwAAAAAAAACAALeWq0neCBUBgAC3lqtJ3ggGcGxhY2VkATFhYmMOAACAtff1f58IBHBhaWQ='}",
            Json(row));
        Assert.Equal(["placed", "paid"], CommitFrame.Open(events.Frame, Key, row).ToEvents().Select(e => e.Type));
    }

    [Fact]
    public void A_head() => Assert.Equal(
        "{'PartitionKey':'a253-order~2f17','RowKey':'head','Name':'order/17','Incarnation':2,'Version@odata.type':'Edm.Int64','Version':'8','FirstVersion@odata.type':'Edm.Int64','FirstVersion':'3','Recorded@odata.type':'Edm.Int64','Recorded':'639029198450000000'}",
        Json(new HeadRow { PartitionKey = Key.Partition, Name = Key.Name, Incarnation = 2, Version = 8, FirstVersion = 3, Recorded = Recorded }));

    [Fact]
    public void A_producers_number() => Assert.Equal(
        "{'PartitionKey':'a253-order~2f17','RowKey':'p0000000001-882a20e6379eb83aecb916f4b9ea79c1e6c08a0d80f6ad1dc9a9421758246001','Sequence@odata.type':'Edm.Int64','Sequence':'5','FirstVersion@odata.type':'Edm.Int64','FirstVersion':'7','LastVersion@odata.type':'Edm.Int64','LastVersion':'8','Recorded@odata.type':'Edm.Int64','Recorded':'639029198450000000'}",
        Json(new ProducerRow { PartitionKey = Key.Partition, RowKey = StreamKey.Producer(1, "p"), Sequence = 5, FirstVersion = 7, LastVersion = 8, Recorded = Recorded }));

    [Fact]
    public void How_far_the_index_reaches() => Assert.Equal(
        "{'PartitionKey':'a253-order~2f17','RowKey':'head-indexed','Incarnation':2,'Version@odata.type':'Edm.Int64','Version':'1000'}",
        Json(new IndexedRow { PartitionKey = Key.Partition, Incarnation = 2, Version = 1000 }));

    [Fact]
    public void A_part_of_a_block_of_the_index()
    {
        var block = new IndexBlock(2, 101, 1300, 1000, 5_000_000);
        var frame = IndexFrame.Encode(Key, block, 5, [(0x0123456789ABCDC5, [103, 110, 1300]), (0xFEDCBA9876543205, [104])], [200]);
        var row = new IndexRow { PartitionKey = Key.Partition, RowKey = StreamKey.Index(2, 5, 1300), Frame = frame };
        Assert.Equal("{'PartitionKey':'a253-order~2f17','RowKey':'i0000000002-05-0000000000000001300','Index@odata.type':'Edm.Binary','Index':'AQUAAMxBZH5ToslocgYtiQIAAADoAwAAZQAAAAAAAAAUBQAAAAAAAEBLTAAAAAAAAWMCZ0UjAQMCB6YJmLrc/gED'}", Json(row));
        var found = new List<long>();
        var read = IndexFrame.TryOpen(Key, 2, 5, row)!.Value;
        read.Find([0x0123456789ABCDC5], found);
        Assert.Equal([200, 103, 110, 1300], found);
        Assert.Equal((101, 1300, 1000, 5_000_000), ((int)read.First, (int)read.Last, read.Commits, (int)read.Bytes));
        Assert.Null(IndexFrame.TryOpen(Key, 2, 6, row));
        Assert.Null(IndexFrame.TryOpen(Key, 3, 5, row));
        Assert.Null(IndexFrame.TryOpen(StreamKey.Of("another"), 2, 5, row));
    }

    [Fact]
    public void The_keys_of_an_event()
    {
        var keys = new List<ulong>();
        var body = new byte[200];
        var length = EventBody.Write(new EventData { Type = "t", Subject = "a/b", Id = "1", Tags = ["x"] }, Recorded, body);
        AttributeKey.Collect(AttributeKey.Seed(Key.Hash, 1), body.AsSpan(0, length), keys);
        Assert.Equal("25390cc9791e1b1e 127bb126cfe83ce3 d60fb9ded4757be2 a47232999bc00050 22b79b3d24a6ddb2", string.Join(' ', keys.Select(key => $"{key:x16}")));
    }

    [Fact]
    public void A_list_of_snapshots() => Assert.Equal(
        "{'PartitionKey':'a253-order~2f17','RowKey':'snapshots','Name':'order/17','Kept@odata.type':'Edm.Binary','Kept':'AQAAAAAAAAACAAAAAwAAAAAAAAAEAAAAMyIRAFVEd2aImaq7zN3u/w=='}",
        Json(new SnapshotsRow { PartitionKey = Key.Partition, Name = Key.Name, Kept = [new KeptSnapshot(1, 2, 3, 4, new Guid("00112233-4455-6677-8899-aabbccddeeff"))] }));

    [Fact]
    public void A_snapshot()
    {
        var snapshot = new Snapshot { Incarnation = 2, Version = 3, Time = DateTimeOffset.UnixEpoch, Type = "cart", SchemaVersion = 4, Data = "abc"u8.ToArray() };
        Assert.Equal("01000000b0a2cc0653a2c96872062d890200000003000000000000000080b5f7f57f9f08040000000463617274616263", Convert.ToHexStringLower(SnapshotFrame.Encode(Key, snapshot)));
    }

    private static string Json(ITableRow row)
    {
        using var buffer = new PooledBuffer();
        using var writer = new EntityWriter(buffer);
        writer.Write(row);
        return Encoding.UTF8.GetString(buffer.Written.Span).Replace('"', '\'');
    }
}
