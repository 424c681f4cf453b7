using Orleans.Persist.Journal;
using Xunit;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>Reading by version: bounds, direction, limit, incarnation, beside writers.</summary>
/// <typeparam name="TFixture">The plug-in under test.</typeparam>
public abstract class JournalReadConformance<TFixture> : StorageConformance<TFixture>
    where TFixture : StorageFixture, new()
{
    private static readonly (long? From, long? To, long Limit, long[] Forward)[] Bounds =
    [
        (null, null, long.MaxValue, [1, 2, 3, 4, 5]),
        (3, null, long.MaxValue, [3, 4, 5]),
        (null, 3, long.MaxValue, [1, 2, 3]),
        (null, null, 2, [1, 2]),
        (2, 4, long.MaxValue, [2, 3, 4]),
        (2, 4, 2, [2, 3]),
        (3, 3, long.MaxValue, [3]),
        (2, 4, 1, [2]),
        (null, null, 0, []),
        (4, 3, long.MaxValue, []),
        (6, null, long.MaxValue, []),
        (0, 9, long.MaxValue, [1, 2, 3, 4, 5]),
        (-7, long.MaxValue, long.MaxValue, [1, 2, 3, 4, 5]),
        (long.MaxValue, null, long.MaxValue, []),
    ];

    [Fact]
    public async Task Lower_bound_upper_bound_and_limit_forward()
    {
        await AppendAsync("s", Events(1, 5));
        foreach (var (from, to, limit, versions) in Bounds)
            Assert.Equal(versions, await VersionsAsync("s", new ReadRequest { From = from, To = to, Limit = limit }));
    }

    [Fact]
    public async Task Lower_bound_upper_bound_and_limit_backward()
    {
        await AppendAsync("s", Events(1, 5));
        foreach (var (from, to, limit, versions) in Bounds.Select(Mirrored))
            Assert.Equal(versions, await VersionsAsync("s", new ReadRequest { From = from, To = to, Limit = limit, Backward = true }));

        static (long?, long?, long, long[]) Mirrored((long? From, long? To, long Limit, long[] Forward) b) =>
            (Mirror(b.From), Mirror(b.To), b.Limit, [.. b.Forward.Select(v => 6 - v)]);
        static long? Mirror(long? version) => version is long.MaxValue ? long.MinValue : 6 - version;
    }

    [Fact]
    public async Task A_stream_never_written_has_no_events()
    {
        Assert.Empty(await ReadAsync("s"));
        Assert.Empty(await ReadAsync("s", new ReadRequest { Backward = true }));
        Assert.Empty(await ReadAsync("s", new ReadRequest { From = 5, Limit = 1 }));
    }

    [Fact]
    public async Task A_reader_of_another_incarnation_is_told()
    {
        await AppendAsync("s", Events(1, 2));
        Assert.Equal([1, 2], await VersionsAsync("s", new ReadRequest { Incarnation = 1 }));
        var error = await Assert.ThrowsAsync<StreamIncarnationException>(() => ReadAsync("s", new ReadRequest { Incarnation = 2 }));
        Assert.Equal(("s", 2, 1), (error.Stream, error.Expected, error.Actual));
    }

    [Fact]
    public async Task A_read_does_not_disturb_another()
    {
        await AppendAsync("s", Events(1, 100));
        await using var slow = Journal.ReadAsync("s", ReadRequest.All, Limit).GetAsyncEnumerator(Limit);
        for (var version = 1; version <= 100; version++)
        {
            Assert.True(await slow.MoveNextAsync());
            Assert.Equal(version, slow.Current.Version);
            if (version % 25 == 0)
                Assert.Equal(100, (await ReadAsync("s", new ReadRequest { Backward = true })).Count);
        }

        Assert.False(await slow.MoveNextAsync());
    }

    [Fact]
    public async Task A_request_can_be_enumerated_again()
    {
        await AppendAsync("s", Events(1, 3));
        var read = Journal.ReadAsync("s", ReadRequest.All, Limit);
        Assert.Equal(3, (await ListAsync(read)).Count);
        await AppendAsync("s", Events(4, 1));
        Assert.Equal(4, (await ListAsync(read)).Count);
    }

    [Fact]
    public async Task A_read_sees_what_is_durable_when_it_starts_and_ends_there()
    {
        await AppendAsync("s", Events(1, 10));
        await using var reader = Journal.ReadAsync("s", ReadRequest.All, Limit).GetAsyncEnumerator(Limit);
        Assert.True(await reader.MoveNextAsync());
        await AppendAsync("s", Events(11, 10));
        var count = 1;
        while (await reader.MoveNextAsync())
            Assert.Equal(++count, reader.Current.Version);
        Assert.Equal(10, count);
    }

    [Fact]
    public async Task Readers_beside_a_writer_see_a_prefix_without_holes()
    {
        const int Total = 150;
        var writing = Task.Run(async () =>
        {
            for (var i = 1; i <= Total; i++)
                await AppendAsync("s", Event($"e{i}"));
        });
        var readers = Enumerable.Range(0, 3).Select(r => Task.Run(async () =>
        {
            var seen = 0;
            while (seen < Total)
            {
                var acknowledged = (await Journal.GetHeadAsync("s", Limit)).Version;
                var events = await ReadAsync("s", new ReadRequest { Backward = r == 1 });
                if (r == 1)
                    events.Reverse();
                Assert.Equal(Enumerable.Range(1, events.Count).Select(i => $"e{i}"), events.Select(Text));
                Assert.InRange(events.Count, acknowledged, Total);
                seen = events.Count;
            }
        }));
        await Task.WhenAll([writing, .. readers]).WaitAsync(Limit);
    }

    [Fact]
    public async Task Events_outlive_the_read_that_gave_them()
    {
        await AppendAsync("s", [.. Enumerable.Range(0, 200).Select(i => Event(new string((char)('a' + (i % 26)), 500)))]);
        var first = await ReadAsync("s");
        await AppendAsync("s", [.. Enumerable.Range(0, 200).Select(_ => Event(new string('!', 500)))]);
        await ReadAsync("s");
        for (var i = 0; i < first.Count; i++)
            Assert.Equal(new string((char)('a' + (i % 26)), 500), Text(first[i]));
    }
}
