using Orleans.Persist.Journal;
using Orleans.Persist.Sources;
using Xunit;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>Queries of a source: streamed and paged, in every combination of conditions, while events are being published.</summary>
/// <typeparam name="TFixture">The plug-in under test.</typeparam>
public abstract class SourceQueryConformance<TFixture> : SourceConformance<TFixture>
    where TFixture : StorageFixture, new()
{
    private const int Count = 600;

    /// <summary>Of the 1,728 combinations of conditions, every so many are tried; a prime number tries each condition with each other. 1 tries all.</summary>
    protected virtual int TryEvery => 1;

    [Fact]
    [Trait("Requirement", "s.2")]
    [Trait("Requirement", "s.3")]
    [Trait("Requirement", "s.4")]
    [Trait("Requirement", "s.5")]
    [Trait("Requirement", "s.6")]
    public async Task Every_combination_of_conditions_returns_what_a_plain_selection_from_all_events_does()
    {
        await using var engine = await StartEngineAsync();
        var source = engine.GetSource("gateway");
        await PublishAsync(source, engine.GetSource("other"), Count);
        var all = await ListAsync(source.ReadAsync(ReadRequest.All));
        Assert.Equal(Count, all.Count);
        var queries = QueryCases.Over(all).Where((_, i) => i % TryEvery == 0).ToList();

        // Once before and once after the indexes that a plug-in makes in the background can be there.
        foreach (var query in queries.Where((_, i) => i % 7 == 0))
            await AssertQueryAsync(source, all, query);
        await ReopenAsync();
        await using var again = await StartEngineAsync();
        foreach (var query in queries)
            await AssertQueryAsync(again.GetSource("gateway"), all, query);
    }

    [Fact]
    [Trait("Requirement", "s.6")]
    public async Task Events_are_found_by_their_ids()
    {
        await using var engine = await StartEngineAsync();
        var source = engine.GetSource("gateway");
        await PublishAsync(source, engine.GetSource("other"), 400);
        var all = await ListAsync(source.ReadAsync(ReadRequest.All));
        foreach (var query in (EventQuery[])
        [
            new EventQuery { Ids = ["id-7"] }, new EventQuery { Ids = ["id-399", "id-0", "none"], Backward = true }, new EventQuery { Ids = [] },
            new EventQuery { Ids = ["1-5", "id-1"] }, // the first is derived, for the event without an id
            new EventQuery { Ids = ["id-2", "id-3"], Types = ["type-2"] },
        ])
        {
            await AssertQueryAsync(source, all, query);
        }
    }

    [Theory]
    [Trait("Requirement", "s.6")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pages_together_are_the_query_though_events_are_published_between_them(bool backward)
    {
        await using var engine = await StartEngineAsync();
        var (source, other) = (engine.GetSource("gateway"), engine.GetSource("other"));
        await PublishAsync(source, other, 150);
        var query = new EventQuery { Types = ["type-1", "type-3"], Backward = backward };
        var found = new List<long>();
        string? cursor = null;
        for (var pages = 0; pages < 40; pages++)
        {
            var page = await source.QueryPageAsync(query, cursor, 11, Limit);
            Assert.InRange(page.Events.Count, 0, 11);
            found.AddRange(page.Events.Select(e => e.Version));
            cursor = page.Next;
            if (page.AtEnd)
                break;
            await source.PublishAsync(new[] { Generated(1000 + pages) }, cancellationToken: Limit);
        }

        var all = await ListAsync(source.ReadAsync(ReadRequest.All));
        Assert.Equal(QueryCases.Expected(all.Where(e => !backward || e.Version <= 150), query), found);
        Assert.Equal(backward, cursor is null); // forward it goes on with what is published later
        if (backward)
            return;
        await source.PublishAsync(new[] { Generated(2001), Generated(2002), Generated(2003) }, cancellationToken: Limit);
        var later = await source.QueryPageAsync(query, cursor, 11, Limit);
        Assert.Equal([all[^1].Version + 1, all[^1].Version + 3], later.Events.Select(e => e.Version));
    }

    [Fact]
    [Trait("Requirement", "s.6")]
    public async Task The_limit_counts_over_all_pages_and_a_page_may_be_all_there_is()
    {
        await using var engine = await StartEngineAsync();
        var source = engine.GetSource("gateway");
        Assert.Equal((0, true), await CountAsync(new EventQuery(), 5));
        await source.PublishAsync(Enumerable.Range(0, 30).Select(Generated).ToArray(), cancellationToken: Limit);
        Assert.Equal((30, true), await CountAsync(new EventQuery(), 100));
        Assert.Equal((17, true), await CountAsync(new EventQuery { Limit = 17 }, 5));
        Assert.Equal((4, true), await CountAsync(new EventQuery { FromVersion = 3, ToVersion = 6 }, 2));
        Assert.Equal((3, true), await CountAsync(new EventQuery { FromVersion = 3, Backward = true }, 2));

        async Task<(int Events, bool Ended)> CountAsync(EventQuery query, int size)
        {
            var (count, pages) = (0, 0);
            string? cursor = null;
            do
            {
                var page = await source.QueryPageAsync(query, cursor, size, Limit);
                (count, cursor) = (count + page.Events.Count, page.Next);
                if (page.AtEnd)
                    return (count, true);
            }
            while (cursor is not null && ++pages < 50);
            return (count, false);
        }
    }

    [Fact]
    [Trait("Requirement", "s.6")]
    public async Task A_cursor_that_is_none_or_of_another_query_or_incarnation_is_refused()
    {
        await using var engine = await StartEngineAsync();
        var source = engine.GetSource("gateway");
        await PublishAsync(source, engine.GetSource("other"), 40);
        var query = new EventQuery { Types = ["type-1"] };
        var cursor = (await source.QueryPageAsync(query, null, 3, Limit)).Next!;

        foreach (var bad in (string[])["", "x", "%%%", cursor[..^1], cursor + "A", 'B' + cursor[1..], new string('A', 10_000)])
            await Assert.ThrowsAsync<FormatException>(() => source.QueryPageAsync(query, bad, 3, Limit).AsTask());
        foreach (var other in (EventQuery[])[query with { Types = ["type-2"] }, query with { Backward = true }, query with { Limit = 5 }, query with { Since = Start }, query with { Subjects = ["a"] }])
            await Assert.ThrowsAsync<ArgumentException>(() => source.QueryPageAsync(other, cursor, 3, Limit).AsTask());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => source.QueryPageAsync(query, cursor, 0, Limit).AsTask());
        await Journal.DeleteAsync("gateway", ExpectedVersion.Any, Limit);
        await Assert.ThrowsAsync<StreamIncarnationException>(() => source.QueryPageAsync(query, cursor, 3, Limit).AsTask());
    }

    [Fact]
    [Trait("Requirement", "s.6")]
    public async Task A_subscription_gives_what_matches_once_history_first_and_then_live()
    {
        await using var engine = await StartEngineAsync();
        var (source, other) = (engine.GetSource("gateway"), engine.GetSource("other"));
        await PublishAsync(source, other, 300);
        var all = await ListAsync(source.ReadAsync(ReadRequest.All));
        var query = new EventQuery { Types = ["type-1", "type-2"], Tags = ["hot", "tag-3"], RecordedSince = all[100].Recorded, Limit = 60 };
        var reading = VersionsAsync(source.SubscribeAsync(query, Limit));
        for (var i = 300; i < 600; i += 10)
        {
            Clock.Now = Start.AddSeconds(i);
            await source.PublishAsync(Enumerable.Range(i, 10).Select(Generated).ToArray(), cancellationToken: Limit);
        }

        var found = await reading.WaitAsync(Limit);
        Assert.Equal(QueryCases.Expected(await ListAsync(source.ReadAsync(ReadRequest.All)), query), found);
        Assert.Equal(60, found.Count);
        Assert.Throws<ArgumentException>(() => source.SubscribeAsync(query with { Backward = true }));
    }

    [Fact]
    [Trait("Requirement", "s.6")]
    public async Task A_query_sees_nothing_that_was_truncated_or_deleted_and_what_comes_after()
    {
        await using var engine = await StartEngineAsync();
        var (source, other) = (engine.GetSource("gateway"), engine.GetSource("other"));
        await PublishAsync(source, other, 300);
        await Journal.TruncateAsync("gateway", 120, Limit);
        var all = await ListAsync(source.ReadAsync(ReadRequest.All));
        Assert.Equal(120, all[0].Version);
        var query = new EventQuery { Types = ["type-1"] };
        await AssertQueryAsync(source, all, query);
        await AssertQueryAsync(source, all, query with { Backward = true, RecordedUntil = all[90].Recorded });

        await Journal.DeleteAsync("gateway", ExpectedVersion.Any, Limit);
        Assert.Empty(await VersionsAsync(source.QueryAsync(query, Limit)));
        await PublishAsync(source, other, 280);
        all = await ListAsync(source.ReadAsync(ReadRequest.All));
        await AssertQueryAsync(source, all, query);
        await AssertQueryAsync(source, all, query with { Subjects = [all[3].Subject!], Types = null });
    }
}
