using Orleans.Persist.Journal;
using Xunit;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>Deletion opens a new incarnation, for which nothing of the old one can be taken.</summary>
/// <typeparam name="TFixture">The plug-in under test.</typeparam>
public abstract class JournalDeleteConformance<TFixture> : StorageConformance<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    public async Task A_deleted_stream_opens_its_next_incarnation_at_version_0()
    {
        await AppendAsync("s", Events(1, 3));
        Clock.Now += TimeSpan.FromSeconds(9);
        var head = await Journal.DeleteAsync("s", ExpectedVersion.Exactly(3), Limit);
        Assert.Equal(new StreamHead("s", 2, 0, 1, Clock.Now), head);
        Assert.Equal(head, await Journal.GetHeadAsync("s", Limit));
        await AssertHoldsAsync("s");
        var result = await AppendAsync("s", ExpectedVersion.NoStream, Event("new"));
        Assert.Equal((2, 1L), (result.Incarnation, result.FirstVersion));
        await AssertHoldsAsync("s", "new");
    }

    [Fact]
    public async Task Deleting_a_stream_without_events_does_nothing()
    {
        Assert.Equal(StreamHead.None("s"), await Journal.DeleteAsync("s", ExpectedVersion.Any, Limit));
        await AppendAsync("s", Event("a"));
        var once = await Journal.DeleteAsync("s", ExpectedVersion.Any, Limit);
        Clock.Now += TimeSpan.FromSeconds(9);
        Assert.Equal(once, await Journal.DeleteAsync("s", ExpectedVersion.NoStream, Limit));
        Assert.Equal(2, once.Incarnation);
    }

    [Fact]
    public async Task A_stream_truncated_to_nothing_can_be_deleted()
    {
        await AppendAsync("s", Events(1, 3));
        await Journal.TruncateAsync("s", 4, Limit);
        var head = await Journal.DeleteAsync("s", ExpectedVersion.Exactly(3), Limit);
        Assert.Equal((2, 0L, 1L), (head.Incarnation, head.Version, head.FirstVersion));
    }

    [Fact]
    public async Task Incarnations_go_up_each_time()
    {
        for (var incarnation = 1; incarnation <= 5; incarnation++)
        {
            Assert.Equal(incarnation, (await AppendAsync("s", ExpectedVersion.NoStream, Events(1, incarnation))).Incarnation);
            Assert.All(await ReadAsync("s"), e => Assert.Equal(incarnation, e.Incarnation));
            Assert.Equal($"{incarnation}-1", (await ReadAsync("s"))[0].Id);
            await Journal.DeleteAsync("s", ExpectedVersion.Exactly(incarnation, incarnation), Limit);
        }
    }

    [Fact]
    public async Task A_cursor_of_the_old_incarnation_is_told()
    {
        await AppendAsync("s", Events(1, 3));
        await Journal.DeleteAsync("s", ExpectedVersion.Any, Limit);
        await AppendAsync("s", Events(1, 5));
        var error = await Assert.ThrowsAsync<StreamIncarnationException>(() => ReadAsync("s", new ReadRequest { From = 4, Incarnation = 1 }));
        Assert.Equal((1, 2), (error.Expected, error.Actual));
    }

    [Fact]
    public async Task A_read_in_progress_is_told_and_never_continues_with_the_new_events()
    {
        await AppendAsync("s", Events(1, 1000));
        await using var reader = Journal.ReadAsync("s", ReadRequest.All, Limit).GetAsyncEnumerator(Limit);
        Assert.True(await reader.MoveNextAsync());
        await Journal.DeleteAsync("s", ExpectedVersion.Any, Limit);
        await AppendAsync("s", [.. Enumerable.Range(0, 1000).Select(_ => Event("new"))]);
        await Assert.ThrowsAsync<StreamIncarnationException>(async () =>
        {
            while (await reader.MoveNextAsync())
                Assert.Equal($"e{reader.Current.Version}", Text(reader.Current));
        });
    }

    [Fact]
    public async Task Whoever_waits_for_an_append_is_woken()
    {
        await AppendAsync("s", Events(1, 3));
        var waiting = Journal.WaitForAppendAsync("s", 1, 3, Limit).AsTask();
        await Journal.DeleteAsync("s", ExpectedVersion.Any, Limit);
        Assert.Equal(2, (await waiting.WaitAsync(Limit)).Incarnation);
    }

    [Fact]
    public async Task Of_many_deletes_with_one_expectation_one_does_it()
    {
        await AppendAsync("s", Events(1, 3));
        var deletes = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            try
            {
                await Journal.DeleteAsync("s", ExpectedVersion.Exactly(3), Limit);
                return 1;
            }
            catch (VersionConflictException)
            {
                return 0;
            }
        }));
        Assert.Equal(1, (await Task.WhenAll(deletes).WaitAsync(Limit)).Sum());
        Assert.Equal(2, (await Journal.GetHeadAsync("s", Limit)).Incarnation);
    }
}
