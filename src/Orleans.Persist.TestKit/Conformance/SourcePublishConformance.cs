using System.Globalization;
using Orleans.Persist.Journal;
using Orleans.Persist.Sources;
using Xunit;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>Publishing to a source: durable, atomic, idempotent, and with an expected version for each aggregate.</summary>
/// <typeparam name="TFixture">The plug-in under test.</typeparam>
public abstract class SourcePublishConformance<TFixture> : SourceConformance<TFixture>
    where TFixture : StorageFixture, new()
{
    /// <summary>How many increments each of the concurrent publishers makes.</summary>
    protected virtual int Increments => 25;

    [Fact]
    [Trait("Requirement", "s.1")]
    public async Task What_was_published_is_there_after_the_storage_is_opened_again()
    {
        await using (var engine = await StartEngineAsync())
            await engine.GetSource("gateway").PublishAsync(new[] { Event("a") with { Subject = "order/1" }, Event("b") }, cancellationToken: Limit);
        await ReopenAsync();
        await using var again = await StartEngineAsync();
        var found = await ListAsync(again.GetSource("gateway").QueryAsync(new EventQuery(), Limit));
        Assert.Equal([("a", "order/1"), ("b", null)], found.Select(e => (Text(e), e.Subject)));
    }

    [Fact]
    [Trait("Requirement", "s.1")]
    public async Task An_aggregate_that_is_not_as_expected_publishes_nothing()
    {
        await using var engine = await StartEngineAsync();
        var source = engine.GetSource("gateway");
        await PublishAsync(source, engine.GetSource("other"), 20);
        var first = await source.PublishAsync(Of("a"), Expecting(("a", 0)), Limit);
        Assert.Equal(first.LastVersion, await source.GetSubjectVersionAsync("a", Limit));
        var second = await source.PublishAsync(Of("a", "b"), Expecting(("a", first.LastVersion), ("b", 0)), Limit);
        var before = await source.GetHeadAsync(Limit);

        foreach (var wrong in (PublishOptions[])
        [
            Expecting(("a", 0)), Expecting(("a", first.LastVersion)), Expecting(("a", second.FirstVersion), ("b", 0)), Expecting(("c", 1)),
        ])
        {
            var conflict = await Assert.ThrowsAsync<SubjectConflictException>(() => source.PublishAsync(Of("a"), wrong, Limit).AsTask());
            Assert.Contains(conflict.Expected, wrong.ExpectedSubjects);
        }

        Assert.Equal(before, await source.GetHeadAsync(Limit));
        await Assert.ThrowsAsync<VersionConflictException>(() =>
            source.PublishAsync(Of("a"), Expecting(("a", second.FirstVersion)) with { Expected = ExpectedVersion.Exactly(before.Version - 1) }, Limit).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => source.PublishAsync(Of("a"), Expecting(("a", 1), ("a", 2)), Limit).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => source.PublishAsync(Of("a"), Expecting(("a", -1)), Limit).AsTask());
        await source.PublishAsync(Of("a"), Expecting(("a", second.FirstVersion), ("b", second.LastVersion)), Limit);
    }

    [Fact]
    [Trait("Requirement", "s.1")]
    public async Task The_same_events_again_are_recognized_after_any_number_of_others_and_after_the_storage_is_opened_again()
    {
        if (Storage.Journal is not IExactIdJournal)
            return;
        AppendResult first;
        await using (var engine = await StartEngineAsync())
        {
            var source = engine.GetSource("gateway");
            first = await source.PublishAsync(new[] { Event("a", id: "a"), Event("b", id: "b") }, cancellationToken: Limit);
            for (var i = 0; i < 3; i++)
                await source.PublishAsync(EventsWithIds(1 + (i * Storage.Journal.Limits.IdWindow), Storage.Journal.Limits.IdWindow), cancellationToken: Limit);
        }

        await ReopenAsync();
        await using var later = await StartEngineAsync();
        var again = await later.GetSource("gateway").PublishAsync(new[] { Event("a", id: "a"), Event("b", id: "b") }, cancellationToken: Limit);
        Assert.Equal((true, first.FirstVersion, first.LastVersion), (again.Duplicate, again.FirstVersion, again.LastVersion));
    }

    [Fact]
    [Trait("Requirement", "s.1")]
    public async Task The_same_events_again_are_recognized_though_the_aggregate_has_moved_on()
    {
        await using var engine = await StartEngineAsync();
        var source = engine.GetSource("gateway");
        var batch = new[] { Event("x", id: "x") with { Subject = "a" }, Event("y", id: "y") with { Subject = "a" } };
        var first = await source.PublishAsync(batch, Expecting(("a", 0)), Limit);
        var again = await source.PublishAsync(batch, Expecting(("a", 0)), Limit);
        Assert.Equal((first.FirstVersion, first.LastVersion, true), (again.FirstVersion, again.LastVersion, again.Duplicate));
        await ReopenAsync();
        await using var reopened = await StartEngineAsync();
        Assert.True((await reopened.GetSource("gateway").PublishAsync(batch, Expecting(("a", 0)), Limit)).Duplicate);
        await Assert.ThrowsAsync<SubjectConflictException>(() => reopened.GetSource("gateway").PublishAsync(Of("a"), Expecting(("a", 0)), Limit).AsTask());
    }

    [Fact]
    [Trait("Requirement", "s.1")]
    public async Task Publishers_that_race_for_an_aggregate_lose_no_update_while_others_publish_freely()
    {
        await using var engine = await StartEngineAsync();
        var source = engine.GetSource("gateway");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Limit);
        var noise = Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
                await source.PublishAsync(Of($"noise-{i % 9}"), cancellationToken: Limit);
        });
        await Task.WhenAll(Enumerable.Range(0, 8).Select(racer => Task.Run(() => IncrementAsync($"counter-{racer % 2}"))));
        await stop.CancelAsync();
        await noise;

        foreach (var counter in (string[])["counter-0", "counter-1"])
        {
            var values = (await ListAsync(source.QueryAsync(new EventQuery { Subjects = [counter] }, Limit))).Select(Text);
            Assert.Equal(Enumerable.Range(1, 4 * Increments).Select(i => i.ToString(CultureInfo.InvariantCulture)), values);
        }

        async Task IncrementAsync(string counter)
        {
            for (var done = 0; done < Increments;)
            {
                var (version, value) = (0L, 0);
                await foreach (var newest in source.QueryAsync(new EventQuery { Subjects = [counter], Backward = true, Limit = 1 }, Limit))
                    (version, value) = (newest.Version, int.Parse(Text(newest), CultureInfo.InvariantCulture));
                try
                {
                    await source.PublishAsync(
                        new[] { Event((value + 1).ToString(CultureInfo.InvariantCulture)) with { Subject = counter } }, Expecting((counter, version)), Limit);
                    done++;
                }
                catch (SubjectConflictException)
                {
                    // Another one was quicker.
                }
            }
        }
    }

    [Fact]
    [Trait("Requirement", "s.1")]
    public async Task After_a_truncation_an_aggregate_without_kept_events_may_have_any_version_below_it()
    {
        await using var engine = await StartEngineAsync();
        var source = engine.GetSource("gateway");
        await source.PublishAsync(Of("a", "b", "c"), cancellationToken: Limit);
        await Journal.TruncateAsync("gateway", 3, Limit);
        await Assert.ThrowsAsync<SubjectConflictException>(() => source.PublishAsync(Of("a"), Expecting(("a", 3)), Limit).AsTask());
        await Assert.ThrowsAsync<SubjectConflictException>(() => source.PublishAsync(Of("c"), Expecting(("c", 1)), Limit).AsTask());
        await source.PublishAsync(Of("a"), Expecting(("a", 1)), Limit);
        await Assert.ThrowsAsync<SubjectConflictException>(() => source.PublishAsync(Of("a"), Expecting(("a", 1)), Limit).AsTask());
    }

    [Fact]
    [Trait("Requirement", "s.7")]
    public async Task Every_event_comes_back_with_all_of_its_attributes()
    {
        await using var engine = await StartEngineAsync();
        var source = engine.GetSource("gateway");
        Clock.Now = Start;
        var given = Event("payload", "order.placed", "id-1") with
        {
            Source = "shop",
            Subject = "order/1",
            Time = Start.AddDays(-3),
            Tags = ["a", "b"],
            ContentType = "text/plain",
            Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { [MetadataNames.Correlation] = "c", [MetadataNames.Causation] = "d" },
        };
        await source.PublishAsync(new[] { Event("before"), given }, cancellationToken: Limit);
        var found = Assert.Single(await ListAsync(source.QueryAsync(new EventQuery { Subjects = ["order/1"] }, Limit)));
        Assert.Equal(("id-1", "shop", "order.placed", "order/1", 2L), (found.Id, found.Source, found.Type, found.Subject, found.Version));
        Assert.Equal((Start.AddDays(-3), Start), (found.Time, found.Recorded));
        Assert.Equal(("payload", "c", "d"), (Text(found), found.Metadata[MetadataNames.Correlation], found.Metadata[MetadataNames.Causation]));
    }

    private static EventData[] Of(params string[] subjects) => [.. subjects.Select(subject => Event("e") with { Subject = subject })];

    private static PublishOptions Expecting(params (string Subject, long Version)[] subjects) =>
        new() { ExpectedSubjects = [.. subjects.Select(s => new SubjectVersion(s.Subject, s.Version))] };
}
