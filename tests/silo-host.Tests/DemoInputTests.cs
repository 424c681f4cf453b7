using System.Text;
using Orleans.Persist.SiloHost.Demo;

namespace Orleans.Persist.SiloHost.Tests;

public class DemoInputTests : ReaderTestBase
{
    [Fact]
    public async Task GitHistory_reads_every_kind_of_change()
    {
        const string log = "\u0001aaa 2026-01-02T03:04:05+01:00\0\nA\0a\0\u0001bbb 2026-01-03T00:00:00Z\0\nR100\0a\0b c\0A\0d\0\u0001ccc 2026-01-04T00:00:00Z\0\u0001ddd 2026-01-05T00:00:00Z\0\nD\0d\0M\0b c\0";
        var buffer = new MemoryStream();
        await using (var writer = new HistoryWriter(buffer, "git"))
            await GitHistory.WriteAsync(writer, log.Split('\0')[..^1].ToAsyncEnumerable());

        var (events, error) = await ReadAsync(buffer.ToArray(), "history.ndjson");

        Assert.Null(error);
        Assert.Equal(
            [("added", "a"), ("renamed", "b c"), ("added", "d"), ("deleted", "d"), ("modified", "b c")], events.Select(e => (e.Event.Type, e.Event.Subject!)));
        Assert.Equal("""{"commit":"bbb","from":"a"}""", Text(events[1]));
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 2, 4, 5, TimeSpan.Zero), events[0].Event.Time);
    }

    [Fact]
    public async Task GeneratedHistory_is_always_the_same_with_ids_that_differ_and_times_out_of_order()
    {
        var (one, other) = (Generate(), Generate());

        var (events, error) = await ReadAsync(one, "history.ndjson");

        Assert.Null(error);
        Assert.Equal(one, other);
        Assert.Equal(5_000, events.Select(e => e.Event.Id).Distinct().Count());
        Assert.Equal(["added", "deleted", "modified", "renamed"], events.Select(e => e.Event.Type).Distinct().Order());
        Assert.Contains(events.Zip(events.Skip(1)), pair => pair.Second.Event.Time < pair.First.Event.Time);

        static byte[] Generate()
        {
            var buffer = new MemoryStream();
            GeneratedHistory.Write(new HistoryWriter(buffer, "generated"), 5_000);
            return buffer.ToArray();
        }
    }

    [Fact]
    public void DemoReport_is_ok_only_if_nothing_is_wrong()
    {
        var sink = new DemoSink { Name = "x", ExportsBeforeKill = 1, Imported = 500, Replayed = 100, StateIsRight = true };
        var good = new DemoReport { Input = "file", Events = 1_000, Killed = true, KilledInExport = true, KilledAt = 600, RebuiltAt = 600, Sinks = [sink, sink, sink] };

        Assert.True(good.Ok);
        Assert.All(
            [
                good with { Killed = false },
                good with { KilledInExport = false },
                good with { KilledAt = 500 },
                good with { KilledAt = 1_000 },
                good with { RebuiltAt = 599 },
                good with { Lost = 1 },
                good with { Duplicated = 1 },
                good with { Sinks = [sink, sink] },
                good with { Sinks = [sink, sink, sink with { ExportsBeforeKill = 0 }] },
                good with { Sinks = [sink, sink, sink with { Replayed = 99 }] },
                good with { Sinks = [sink, sink, sink with { Imported = 200, Replayed = 400 }] },
                good with { Sinks = [sink, sink, sink with { StateIsRight = false }] },
            ],
            report => Assert.False(report.Ok));
    }

    [Fact]
    public void PlainFold_Same_sees_every_difference()
    {
        var map = new Dictionary<string, long> { ["a"] = 1, ["b"] = 2 };

        Assert.True(PlainFold.Same(map, new Dictionary<string, long> { ["b"] = 2, ["a"] = 1 }));
        Assert.False(PlainFold.Same(map, new Dictionary<string, long> { ["a"] = 1 }));
        Assert.False(PlainFold.Same(map, new Dictionary<string, long> { ["a"] = 1, ["b"] = 3 }));
        Assert.False(PlainFold.Same(map, new Dictionary<string, long> { ["a"] = 1, ["c"] = 2 }));
    }
}
