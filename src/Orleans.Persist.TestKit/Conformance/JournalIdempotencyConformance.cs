using Orleans.Persist.Journal;
using Xunit;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>Idempotency: an append made again stores nothing twice and is answered as the first time.</summary>
/// <typeparam name="TFixture">The plug-in under test.</typeparam>
public abstract class JournalIdempotencyConformance<TFixture> : StorageConformance<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    public async Task The_same_append_again_with_its_exact_expected_version_gets_the_first_answer()
    {
        await AppendAsync("s", Event("before"));
        var first = await AppendAsync("s", ExpectedVersion.Exactly(1), EventsWithIds(1, 3));
        Clock.Now += TimeSpan.FromHours(1);
        await AppendAsync("s", Event("after"));
        var again = await AppendAsync("s", ExpectedVersion.Exactly(1), EventsWithIds(1, 3));
        Assert.Equal(first with { Duplicate = true }, again);
        Assert.False(first.Duplicate);
        await AssertHoldsAsync("s", "before", "e1", "e2", "e3", "after");
    }

    [Fact]
    public async Task Whether_events_are_the_same_is_decided_by_source_and_id_not_by_content()
    {
        await AppendAsync("s", Event("a", id: "1"));
        Assert.True((await AppendAsync("s", Event("other", id: "1"))).Duplicate);
        Assert.False((await AppendAsync("s", Event("b", id: "1") with { Source = "elsewhere" })).Duplicate);
        Assert.True((await AppendAsync("s", Event("c", id: "1") with { Source = "s" })).Duplicate);
        Assert.False((await AppendAsync("t", Event("d", id: "1"))).Duplicate);
        await AssertHoldsAsync("s", "a", "b");
    }

    [Fact]
    public async Task Events_without_ids_are_never_duplicates()
    {
        await AppendAsync("s", Event("a"));
        Assert.False((await AppendAsync("s", Event("a"))).Duplicate);
        Assert.False((await AppendAsync("s", Event("b", id: "1-1"))).Duplicate); // the id that the first event shows
        await AssertHoldsAsync("s", "a", "a", "b");
    }

    [Fact]
    public async Task An_append_of_which_a_part_is_there_is_refused_whole()
    {
        await AppendAsync("s", EventsWithIds(1, 3));
        await RefusedAsync(EventsWithIds(3, 2), "e3", 3);
        await RefusedAsync(EventsWithIds(0, 2), "e1", 1);
        await RefusedAsync([Event("new"), Event("e2", id: "e2")], "e2", 2);
        await AssertHoldsAsync("s", "e1", "e2", "e3");

        async Task RefusedAsync(EventData[] events, string id, long version)
        {
            var error = await Assert.ThrowsAsync<DuplicateEventException>(() => AppendAsync("s", events).AsTask());
            Assert.Equal(("s", id, version), (error.Stream, error.Id, error.Version));
        }
    }

    [Fact]
    public async Task Known_events_in_another_order_are_refused()
    {
        await AppendAsync("s", EventsWithIds(1, 3));
        EventData[] turned = [.. EventsWithIds(1, 2).Reverse()];
        await Assert.ThrowsAsync<DuplicateEventException>(() => AppendAsync("s", turned).AsTask());
        await AssertHoldsAsync("s", "e1", "e2", "e3");
    }

    [Fact]
    public async Task The_same_id_twice_in_one_append_is_bad_input()
    {
        EventData[] events = [Event("a", id: "x"), Event("b"), Event("c", id: "x")];
        var error = await Assert.ThrowsAsync<ArgumentException>(() => AppendAsync("s", events).AsTask());
        Assert.Contains("'x'", error.Message, StringComparison.Ordinal);
        await AppendAsync("s", Event("a", id: "x"), Event("c", id: "x") with { Source = "elsewhere" });
        await AssertHoldsAsync("s", "a", "c");
    }

    [Fact]
    public async Task Events_appended_apart_and_sent_again_together_are_found()
    {
        await AppendAsync("s", EventsWithIds(1, 1));
        await AppendAsync("other", Event("between"));
        var second = await AppendAsync("s", EventsWithIds(2, 1));
        var again = await AppendAsync("s", EventsWithIds(1, 2));
        Assert.Equal((true, 1L, 2L), (again.Duplicate, again.FirstVersion, again.LastVersion));
        Assert.Equal(second.LastPosition, again.LastPosition);
    }

    [Fact]
    public async Task An_id_is_known_for_as_many_events_as_the_window_has()
    {
        var window = Journal.Limits.IdWindow;
        await AppendAsync("s", Event("first", id: "first"));
        await AppendAsync("s", EventsWithIds(1, window / 2));
        await AppendAsync("s", Events(0, window - (window / 2) - 1));
        var again = await AppendAsync("s", ExpectedVersion.NoStream, Event("first", id: "first"));
        Assert.Equal((true, 1L), (again.Duplicate, again.FirstVersion));
        await Assert.ThrowsAsync<VersionConflictException>(() => AppendAsync("s", ExpectedVersion.NoStream, Event("new", id: "new")).AsTask());
    }

    [Fact]
    public async Task Where_ids_are_remembered_an_event_is_recognized_however_old_it_is()
    {
        if (Journal is not IExactIdJournal exact)
            return;
        await AppendAsync("s", [.. EventsWithIds(1, 3), Event("mine", id: "x") with { Source = "elsewhere" }]);
        exact.RememberIds("s");
        exact.RememberIds("new");
        var window = Journal.Limits.IdWindow;
        foreach (var stream in (string[])["s", "new"])
        {
            await AppendAsync(stream, EventsWithIds(4, 3));
            for (var i = 0; i < 4; i++)
                await AppendAsync(stream, EventsWithIds(10 + (i * window), window));
            var head = await Journal.GetHeadAsync(stream, Limit);
            var again = await AppendAsync(stream, EventsWithIds(4, 3));
            var middle = await AppendAsync(stream, EventsWithIds(10 + (window / 2), window));
            var first = stream == "s" ? 5 : 1;
            Assert.Equal((true, first, first + 2), (again.Duplicate, again.FirstVersion, again.LastVersion));
            Assert.Equal((true, first + 3 + (window / 2), first + 2 + (window / 2) + window), (middle.Duplicate, middle.FirstVersion, middle.LastVersion));
            await Assert.ThrowsAsync<DuplicateEventException>(() => AppendAsync(stream, [.. EventsWithIds(5, 1), Event("new", id: "new")]).AsTask());
            Assert.Equal(head, await Journal.GetHeadAsync(stream, Limit));
        }

        Assert.True((await AppendAsync("s", EventsWithIds(1, 3))).Duplicate); // from before they were remembered
        Assert.False((await AppendAsync("s", Event("other", id: "x"))).Duplicate); // of another source
        Assert.True((await AppendAsync("s", Event("mine", id: "x") with { Source = "elsewhere" })).Duplicate);
        await Journal.TruncateAsync("s", 6, Limit);
        Assert.False((await AppendAsync("s", EventsWithIds(4, 1))).Duplicate); // no longer kept
        Assert.True((await AppendAsync("s", EventsWithIds(6, 1))).Duplicate);
        await Journal.DeleteAsync("s", ExpectedVersion.Any, Limit);
        Assert.False((await AppendAsync("s", EventsWithIds(6, 1))).Duplicate);
    }

    [Fact]
    public async Task Ids_are_forgotten_with_their_incarnation()
    {
        await AppendAsync("s", EventsWithIds(1, 2));
        await Journal.DeleteAsync("s", ExpectedVersion.Any, Limit);
        Assert.False((await AppendAsync("s", ExpectedVersion.NoStream, EventsWithIds(1, 2))).Duplicate);
        await AssertHoldsAsync("s", "e1", "e2");
    }

    [Fact]
    public async Task Concurrent_retries_of_one_append_store_it_once()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => AppendAsync("s", ExpectedVersion.NoStream, EventsWithIds(1, 5)).AsTask())))
            .WaitAsync(Limit);
        Assert.Single(results, r => !r.Duplicate);
        Assert.All(results, r => Assert.Equal((1L, 5L), (r.FirstVersion, r.LastVersion)));
        await AssertHoldsAsync("s", "e1", "e2", "e3", "e4", "e5");
    }
}
