using Orleans.Persist.Journal;
using Xunit;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>Appending: versions, what is stored of an event, atomic batches, times.</summary>
/// <typeparam name="TFixture">The plug-in under test.</typeparam>
public abstract class JournalAppendConformance<TFixture> : StorageConformance<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    public async Task Versions_of_a_stream_are_1_2_3_and_the_result_says_them()
    {
        Assert.Equal((1, 1L, 1L), Of(await AppendAsync("s", Event("a"))));
        Assert.Equal((1, 2L, 4L), Of(await AppendAsync("s", Events(1, 3))));
        Assert.Equal((1, 1L, 1L), Of(await AppendAsync("t", Event("b"))));
        await AssertHoldsAsync("s", "a", "e1", "e2", "e3");
        await AssertHoldsAsync("t", "b");

        static (int, long, long) Of(AppendResult result)
        {
            Assert.False(result.Duplicate);
            return (result.Incarnation, result.FirstVersion, result.LastVersion);
        }
    }

    [Fact]
    public async Task Every_attribute_of_an_event_comes_back_as_it_went_in()
    {
        var data = new EventData
        {
            Type = "order.placed",
            Id = "id-1/ü",
            Source = "urn:shop:ß",
            Time = new DateTimeOffset(2024, 2, 29, 23, 59, 59, TimeSpan.FromHours(2)).AddTicks(1),
            Subject = "order/17 😀",
            ContentType = "application/json",
            SchemaVersion = 7,
            Tags = ["red", "", "grün"],
            Metadata = new Dictionary<string, string> { [MetadataNames.Correlation] = "c", [MetadataNames.Causation] = "", ["x"] = "ÿ" },
            Data = new byte[] { 0, 1, 2, 255 },
        };
        Clock.Now = new DateTimeOffset(2025, 6, 1, 12, 0, 0, TimeSpan.Zero).AddTicks(7);
        var result = await AppendAsync("s", data);

        var read = Assert.Single(await ReadAsync("s"));
        Assert.Equal(("s", 1, 1L), (read.Stream, read.Incarnation, read.Version));
        Assert.Equal((Clock.Now, TimeSpan.Zero), (read.Recorded, read.Recorded.Offset));
        Assert.Equal((Clock.Now, result.LastPosition), (result.Recorded, read.Position));
        Assert.Equal((data.Type, data.Id, data.Source, data.Subject), (read.Type, read.Id, read.Source, read.Subject));
        Assert.Equal((data.Time!.Value.UtcTicks, TimeSpan.Zero), (read.Time.Ticks, read.Time.Offset));
        Assert.Equal((data.ContentType, data.SchemaVersion), (read.ContentType, read.SchemaVersion));
        Assert.Equal(data.Tags, read.Tags);
        Assert.Equal(data.Metadata.OrderBy(p => p.Key, StringComparer.Ordinal), read.Metadata.OrderBy(p => p.Key, StringComparer.Ordinal));
        Assert.Equal(data.Data.ToArray(), read.Data.ToArray());
    }

    [Fact]
    public async Task What_the_publisher_left_out_is_filled_in()
    {
        await AppendAsync("s", Event("a"));
        await AppendAsync("s", new EventData { Type = "bare" });
        var read = (await ReadAsync("s"))[1];
        Assert.Equal(("1-2", "s", Clock.Now), (read.Id, read.Source, read.Time));
        Assert.Equal((null, null, 1), (read.Subject, read.ContentType, read.SchemaVersion));
        Assert.Empty(read.Tags);
        Assert.Empty(read.Metadata);
        Assert.True(read.Data.IsEmpty);
    }

    [Fact]
    public async Task Bytes_of_the_engine_are_kept_beside_an_event_and_change_nothing_else_of_it()
    {
        EventData[] events =
        [
            new() { Type = "bare", Kernel = new byte[] { 0, 255 } },
            new() { Type = "full", Id = "id", Subject = "u", SchemaVersion = 2, Tags = ["t"], Metadata = new Dictionary<string, string> { ["k"] = "v" }, Data = "data"u8.ToArray(), Kernel = new byte[300] },
            new() { Type = "none", Data = "data"u8.ToArray() },
        ];
        await AppendAsync("s", events);
        Assert.False((await AppendAsync("t", events[1])).Duplicate);

        var read = await ReadAsync("s");
        Assert.Equal(events.Select(e => Convert.ToHexString(e.Kernel.Span)), read.Select(e => Convert.ToHexString(e.Kernel.Span)));
        Assert.Equal(events.Select(e => Convert.ToHexString(e.Data.Span)), read.Select(e => Convert.ToHexString(e.Data.Span)));
        Assert.Equal(("bare", "1-1", Clock.Now, 1), (read[0].Type, read[0].Id, read[0].Time, read[0].SchemaVersion));
        Assert.Equal(("full", "id", "u", Clock.Now, 2), (read[1].Type, read[1].Id, read[1].Subject, read[1].Time, read[1].SchemaVersion));
        Assert.Equal(("t", "v"), (Assert.Single(read[1].Tags), read[1].Metadata["k"]));
        Assert.True((await AppendAsync("t", events[1])).Duplicate);
    }

    [Fact]
    public async Task Arrays_may_be_reused_once_the_append_has_completed()
    {
        var bytes = "first"u8.ToArray();
        EventData[] events = [new() { Type = "t", Data = bytes }];
        await AppendAsync("s", events);
        "other"u8.CopyTo(bytes);
        events[0] = Event("third");
        await AssertHoldsAsync("s", "first");
    }

    [Fact]
    public async Task A_batch_of_10_000_events_is_one_append()
    {
        var result = await AppendAsync("s", ExpectedVersion.NoStream, Events(1, 10_000));
        Assert.Equal((1L, 10_000L), (result.FirstVersion, result.LastVersion));
        var read = await ReadAsync("s");
        Assert.Equal(Enumerable.Range(1, 10_000).Select(i => $"e{i}"), read.Select(Text));
        Assert.Single(read.Select(e => e.Recorded).Distinct());
    }

    [Fact]
    public async Task A_batch_is_atomic_and_readers_see_all_of_it_or_nothing()
    {
        const int Size = 50, Batches = 40;
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < Batches; i++)
                await AppendAsync("s", Events(i * Size, Size));
        });
        var seen = 0;
        while (seen < Size * Batches)
        {
            seen = (await ReadAsync("s")).Count;
            Assert.Equal(0, seen % Size);
            Assert.Equal(0, (await Journal.GetHeadAsync("s", Limit)).Version % Size);
        }

        await writing.WaitAsync(Limit);
    }

    [Fact]
    public async Task A_payload_of_1_MB_and_an_empty_one_come_back_byte_for_byte()
    {
        var large = new byte[1 << 20];
        for (var i = 0; i < large.Length; i++)
            large[i] = (byte)((i * 31) ^ (i >> 8));
        await AppendAsync("s", new EventData { Type = "t", Data = large }, new EventData { Type = "t" });
        await AppendAsync("s", Event("after"));
        var read = await ReadAsync("s");
        Assert.True(read[0].Data.Span.SequenceEqual(large));
        Assert.True(read[1].Data.IsEmpty);
        Assert.Equal("after", Text(read[2]));
    }

    [Fact]
    public async Task Recorded_never_runs_backwards_within_a_stream_even_if_the_clock_does()
    {
        var start = Clock.Now;
        await AppendAsync("s", Event("a"));
        Clock.Now = start.AddHours(-1);
        var second = await AppendAsync("s", Event("b"));
        Clock.Now = start.AddMinutes(1);
        await AppendAsync("s", Event("c"));
        Clock.Now = start.AddDays(-400);
        await Journal.DeleteAsync("s", ExpectedVersion.Any, Limit);
        var again = await AppendAsync("s", Event("d"));
        Assert.Equal(start, second.Recorded);
        Assert.Equal(start.AddMinutes(1), again.Recorded);
        Assert.Equal(start.AddMinutes(1), (await Journal.GetHeadAsync("s", Limit)).Recorded);
    }

    [Fact]
    public async Task The_publishers_time_may_run_backwards_and_is_kept()
    {
        DateTimeOffset[] times = [Clock.Now.AddDays(1), Clock.Now.AddYears(-100), DateTimeOffset.MinValue, DateTimeOffset.MaxValue];
        await AppendAsync("s", [.. times.Select(t => new EventData { Type = "t", Time = t })]);
        Assert.Equal(times, (await ReadAsync("s")).Select(e => e.Time));
    }

    [Fact]
    public async Task The_head_of_a_stream_says_where_it_stands()
    {
        Assert.Equal(StreamHead.None("s"), await Journal.GetHeadAsync("s", Limit));
        await AppendAsync("s", Events(1, 3));
        Assert.Equal(new StreamHead("s", 1, 3, 1, Clock.Now), await Journal.GetHeadAsync("s", Limit));
    }

    [Fact]
    public async Task Streams_are_listed_by_prefix_once_they_exist()
    {
        await AppendAsync("a/1", Event("x"));
        await AppendAsync("a/2", Events(1, 2));
        await AppendAsync("b", Event("x"));
        await AppendAsync("A/3", Event("x"));
        await ReadAsync("a/never");
        await Journal.GetHeadAsync("a/asked", Limit);
        await AppendAsync("a/deleted", Event("x"));
        await Journal.DeleteAsync("a/deleted", ExpectedVersion.Any, Limit);
        var listed = await ListAsync(Journal.ListStreamsAsync("a/", Limit));
        Assert.Equal([("a/1", 1L), ("a/2", 2L)], listed.Select(h => (h.Stream, h.Version)).Order());
        Assert.Equal(["A/3", "a/1", "a/2", "b"], (await ListAsync(Journal.ListStreamsAsync("", Limit))).Select(h => h.Stream).Order(StringComparer.Ordinal));
        Assert.Empty(await ListAsync(Journal.ListStreamsAsync("c", Limit)));
    }
}
