using Orleans.Persist.Journal;
using Xunit;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>Truncation keeps versions and loses nothing above its bound.</summary>
/// <typeparam name="TFixture">The plug-in under test.</typeparam>
public abstract class JournalTruncateConformance<TFixture> : StorageConformance<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    public async Task Events_below_the_bound_are_gone_and_the_others_keep_their_versions()
    {
        await AppendAsync("s", Events(1, 5));
        Clock.Now += TimeSpan.FromMinutes(1);
        await Journal.TruncateAsync("s", 3, Limit);
        await AssertHoldsAsync("s", "e3", "e4", "e5");
        Assert.Equal(new StreamHead("s", 1, 5, 3, Clock.Now), await Journal.GetHeadAsync("s", Limit)); // a truncation is a change
        Assert.Equal([3], await VersionsAsync("s", new ReadRequest { From = 1, To = 3 }));
        Assert.Empty(await VersionsAsync("s", new ReadRequest { To = 2 }));
        Assert.Equal([5, 4, 3], await VersionsAsync("s", new ReadRequest { Backward = true }));
    }

    [Fact]
    public async Task The_highest_version_is_not_reset_when_all_events_are_gone()
    {
        await AppendAsync("s", Events(1, 3));
        await Journal.TruncateAsync("s", 4, Limit);
        await AssertHoldsAsync("s");
        var head = await Journal.GetHeadAsync("s", Limit);
        Assert.Equal((1, 3L, 4L, true), (head.Incarnation, head.Version, head.FirstVersion, head.Exists));
        Assert.Equal(4, (await AppendAsync("s", ExpectedVersion.Exactly(3), Event("e4"))).FirstVersion);
        await AssertHoldsAsync("s", "e4");
    }

    [Fact]
    public async Task Truncating_what_is_gone_already_does_nothing()
    {
        await AppendAsync("s", Events(1, 5));
        await Journal.TruncateAsync("s", 4, Limit);
        foreach (var earlier in new long[] { 4, 2, 1, 0, -5 })
            await Journal.TruncateAsync("s", earlier, Limit);
        await AssertHoldsAsync("s", "e4", "e5");
        await Journal.TruncateAsync("never", 1, Limit);
        Assert.Equal(StreamHead.None("never"), await Journal.GetHeadAsync("never", Limit));
    }

    [Fact]
    public async Task A_bound_beyond_the_end_is_refused()
    {
        await AppendAsync("s", Events(1, 3));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Journal.TruncateAsync("s", 5, Limit).AsTask());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Journal.TruncateAsync("s", long.MaxValue, Limit).AsTask());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Journal.TruncateAsync("never", 2, Limit).AsTask());
        await AssertHoldsAsync("s", "e1", "e2", "e3");
    }

    [Fact]
    public async Task A_truncation_of_a_deleted_incarnation_takes_nothing_from_the_next()
    {
        await AppendAsync("s", Events(1, 5));
        var looked = await Journal.GetHeadAsync("s", Limit);
        await Journal.DeleteAsync("s", ExpectedVersion.Any, Limit);
        await AppendAsync("s", Event("f1"), Event("f2"), Event("f3"), Event("f4"));
        var error = await Assert.ThrowsAsync<StreamIncarnationException>(() => Journal.TruncateAsync("s", 3, looked.Incarnation, Limit).AsTask());
        Assert.Equal(("s", 1, 2), (error.Stream, error.Expected, error.Actual));
        await Assert.ThrowsAsync<StreamIncarnationException>(() => Journal.TruncateAsync("s", 1, looked.Incarnation, Limit).AsTask()); // nor silently nothing
        await AssertHoldsAsync("s", "f1", "f2", "f3", "f4");
        await Journal.TruncateAsync("s", 3, 2, Limit);
        await AssertHoldsAsync("s", "f3", "f4");
    }

    [Fact]
    public async Task Other_streams_are_untouched()
    {
        for (var i = 1; i <= 5; i++)
        {
            await AppendAsync("s", Event($"e{i}"));
            await AppendAsync("t", Event($"f{i}"));
        }

        await Journal.TruncateAsync("s", 6, Limit);
        await AssertHoldsAsync("t", "f1", "f2", "f3", "f4", "f5");
    }

    [Fact]
    public async Task A_read_that_is_overtaken_goes_on_at_what_is_left()
    {
        await AppendAsync("s", Events(1, 1000));
        await using var reader = Journal.ReadAsync("s", ReadRequest.All, Limit).GetAsyncEnumerator(Limit);
        Assert.True(await reader.MoveNextAsync());
        await Journal.TruncateAsync("s", 900, Limit);
        var versions = new List<long> { reader.Current.Version };
        while (await reader.MoveNextAsync())
            versions.Add(reader.Current.Version);
        Assert.Equal(versions.Order().Distinct(), versions);
        Assert.Equal(Enumerable.Range(900, 101).Select(v => (long)v), versions.TakeLast(101));
    }

    [Fact]
    public async Task Truncation_beside_a_writer_loses_nothing_above_its_bound()
    {
        const int Total = 300;
        var writing = Task.Run(async () =>
        {
            for (var i = 1; i <= Total; i++)
                await AppendAsync("s", Event($"e{i}"));
        });
        for (long bound = 0; bound < 200;)
        {
            bound = Math.Min((await Journal.WaitForAppendAsync("s", 1, bound, Limit)).Version, 200);
            await Journal.TruncateAsync("s", bound, Limit);
        }

        await writing.WaitAsync(Limit);
        await AssertHoldsAsync("s", [.. Enumerable.Range(200, Total - 199).Select(i => $"e{i}")]);
    }
}
