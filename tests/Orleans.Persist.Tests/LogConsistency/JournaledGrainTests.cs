using Orleans.Persist.Journal;

namespace Orleans.Persist.Tests.LogConsistency;

/// <summary>What <c>JournaledGrain</c> documents, on our journal.</summary>
[Collection(LogCollection.Name)]
public sealed class JournaledGrainTests(LogClusters clusters)
{
    private static readonly TimeSpan Patience = LogClusters.Patience;

    [Fact]
    [Trait("Requirement", "o.1")]
    public async Task Events_are_stored_one_by_one_under_their_alias_or_name_in_the_stream_of_the_grain()
    {
        var grain = clusters.Grain<DefaultLogGrain>();
        await grain.RaiseAndConfirm(1).WaitAsync(Patience);
        await grain.RaiseAndConfirm(2).WaitAsync(Patience);
        await grain.RaiseRange([3, 4], confirm: true).WaitAsync(Patience);

        var stored = await Stored(grain);
        Assert.Equal([1L, 2, 3, 4], stored.Select(@event => @event.Version));
        Assert.Equal(
            ["Orleans.Persist.Tests.LogConsistency.Added,Orleans.Persist.Tests", "Orleans.Persist.Tests.LogConsistency.Added,Orleans.Persist.Tests", "tests.added", "tests.added"],
            stored.Select(@event => @event.Type));
        Assert.Equal([1, 1, 2], clusters.Storage.AppendsTo(LogClusters.StreamOf(grain)));
    }

    [Theory]
    [InlineData(typeof(DefaultLogGrain))]
    [InlineData(typeof(NamedLogGrain))]
    [InlineData(typeof(ReentrantLogGrain))]
    [InlineData(typeof(LazyLogGrain))]
    [Trait("Requirement", "o.1")]
    public async Task A_grain_finds_its_state_again_after_a_deactivation(Type type)
    {
        var grain = clusters.Cluster.Client.GetGrain<ILogGrain>(Guid.NewGuid().ToString("N"), type.FullName);
        for (var i = 1; i <= 25; i++)
            await grain.RaiseAndConfirm(i).WaitAsync(Patience);
        var before = await grain.Report().WaitAsync(Patience);

        await clusters.Cluster.DeactivateAsync(grain).WaitAsync(Patience);
        await grain.Refresh().WaitAsync(Patience);
        var after = await grain.Report().WaitAsync(Patience);

        Assert.NotEqual(before.Activation, after.Activation);
        Assert.Equal(Enumerable.Range(1, 25), after.Values);
        Assert.Equal((25, 325, 325, 0), (after.Version, after.Sum, after.TentativeSum, after.Unconfirmed));
    }

    [Fact]
    [Trait("Requirement", "o.1")]
    public async Task A_recovery_reads_the_newest_snapshot_and_the_events_after_it_and_nothing_else()
    {
        var grain = clusters.Grain<NamedLogGrain>(); // a snapshot every 10 events
        for (var i = 1; i <= 23; i++)
            await grain.RaiseAndConfirm(i).WaitAsync(Patience);
        await clusters.Cluster.DeactivateAsync(grain).WaitAsync(Patience);
        var stream = LogClusters.StreamOf(grain);
        var read = clusters.Storage.ReadsOf(stream);

        Assert.Equal(276, (await grain.Report().WaitAsync(Patience)).Sum);

        Assert.Equal(3, clusters.Storage.ReadsOf(stream) - read);
        var snapshots = 0;
        await foreach (var snapshot in clusters.Storage.Snapshots.ReadAsync(stream))
        {
            Assert.Equal("Orleans.Persist.Tests.LogConsistency.LogState,Orleans.Persist.Tests", snapshot.Snapshot!.Type);
            snapshots++;
        }

        Assert.Equal(2, snapshots);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 7)]
    [InlineData(3, 5)]
    [InlineData(6, 7)]
    [InlineData(7, 7)]
    [Trait("Requirement", "o.2")]
    public async Task RetrieveConfirmedEvents_AnyRange_ReturnsTheEventsBetweenTheVersions(int from, int to)
    {
        var grain = clusters.Grain<DefaultLogGrain>();
        await grain.RaiseRange([10, 11, 12, 13, 14, 15, 16], confirm: true).WaitAsync(Patience);

        Assert.Equal(Enumerable.Range(10 + from, to - from), await grain.Events(from, to).WaitAsync(Patience));
    }

    [Fact]
    [Trait("Requirement", "o.1")]
    [Trait("Requirement", "o.2")]
    public async Task RetrieveConfirmedEvents_BelowWhatIsKept_SaysFromWhichVersionOnThereAreEvents()
    {
        var grain = clusters.Grain<TruncatingLogGrain>();
        for (var i = 1; i <= 65; i++)
            await grain.RaiseAndConfirm(i).WaitAsync(Patience);
        await clusters.Cluster.DeactivateAsync(grain).WaitAsync(Patience);
        var report = await grain.Report().WaitAsync(Patience);
        Assert.Equal((65, 65 * 66 / 2), (report.Version, report.Sum));
        var first = (int)(await clusters.Storage.GetHeadAsync(LogClusters.StreamOf(grain))).FirstVersion;
        Assert.InRange(first, 2, 65);

        var error = await Assert.ThrowsAsync<NotSupportedException>(() => grain.Events(first - 2, 65).WaitAsync(Patience));

        Assert.Contains(LogClusters.StreamOf(grain), error.Message, StringComparison.Ordinal);
        Assert.Contains($"the oldest that is kept is {first}", error.Message, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(first, 66 - first), await grain.Events(first - 1, 65).WaitAsync(Patience));
    }

    [Fact]
    [Trait("Requirement", "o.2")]
    public async Task An_event_is_tentative_until_it_is_confirmed()
    {
        var grain = clusters.Grain<DefaultLogGrain>();
        await grain.RaiseAndConfirm(5).WaitAsync(Patience);

        Assert.Equal(["1 5 / 1 5", "1 5 / 2 12", "2 12 / 2 12"], await grain.TentativeStory(7).WaitAsync(Patience));
    }

    [Fact]
    [Trait("Requirement", "o.2")]
    public async Task Events_that_are_raised_and_not_waited_for_are_confirmed_by_themselves()
    {
        var grain = clusters.Grain<ReentrantLogGrain>();
        var stream = LogClusters.StreamOf(grain);
        await grain.Raise(3).WaitAsync(Patience);

        var head = await clusters.Storage.WaitForAppendAsync(stream, 1, 0).AsTask().WaitAsync(Patience);

        Assert.Equal(1, head.Version);
        await grain.Confirm().WaitAsync(Patience);
        Assert.Equal(3, (await grain.Report().WaitAsync(Patience)).Sum);
    }

    [Fact]
    [Trait("Requirement", "o.2")]
    public async Task Conditional_events_succeed_where_nobody_else_has_written()
    {
        var grain = clusters.Grain<DefaultLogGrain>();

        Assert.True(await grain.TryRaise(1).WaitAsync(Patience));
        Assert.True(await grain.TryRaiseRange([2, 3]).WaitAsync(Patience));
        Assert.True(await grain.TryRaiseRange([]).WaitAsync(Patience));
        Assert.True(await grain.TryRaiseThenRaise(4, 5).WaitAsync(Patience));
        Assert.True(await grain.ChainConditional(6, 7).WaitAsync(Patience));

        Assert.Equal([1, 2, 3, 4, 5, 6, 7], (await grain.Report().WaitAsync(Patience)).Values);
    }

    [Fact]
    [Trait("Requirement", "o.2")]
    public async Task ClearLog_WithUnconfirmedEvents_DropsThemAndBeginsAtVersionZero()
    {
        var grain = clusters.Grain<DefaultLogGrain>();
        await grain.RaiseRange([1, 2, 3], confirm: true).WaitAsync(Patience);
        await grain.Raise(4).WaitAsync(Patience);

        await grain.Clear().WaitAsync(Patience);

        var cleared = await grain.Report().WaitAsync(Patience);
        Assert.Equal((0, 0, 0, 0), (cleared.Version, cleared.Sum, cleared.TentativeSum, cleared.Unconfirmed));
        await grain.RaiseAndConfirm(9).WaitAsync(Patience);
        await clusters.Cluster.DeactivateAsync(grain).WaitAsync(Patience);
        var after = await grain.Report().WaitAsync(Patience);
        Assert.Equal((1, 9), (after.Version, after.Sum));
        Assert.Equal(2, (await clusters.Storage.GetHeadAsync(LogClusters.StreamOf(grain))).Incarnation);
    }

    [Theory]
    [InlineData(typeof(DefaultLogGrain))]
    [InlineData(typeof(ReentrantLogGrain))]
    [Trait("Requirement", "o.2")]
    public async Task Operations_around_a_clear_all_end_and_the_grain_goes_on(Type type)
    {
        var grain = clusters.Cluster.Client.GetGrain<ILogGrain>(Guid.NewGuid().ToString("N"), type.FullName);
        await grain.RaiseAndConfirm(1).WaitAsync(Patience);

        await Task.WhenAll(
            grain.Raise(2), grain.RaiseAndConfirm(3), grain.Clear(), grain.RaiseRange([4, 5], true), grain.TryRaise(6), grain.Clear(), grain.Refresh(), grain.RaiseAndConfirm(7)).WaitAsync(Patience);

        await grain.Clear().WaitAsync(Patience);
        await grain.RaiseAndConfirm(8).WaitAsync(Patience);
        var report = await grain.Report().WaitAsync(Patience);
        Assert.Equal((1, 8, 0), (report.Version, report.Sum, report.Unconfirmed));
    }

    [Theory]
    [InlineData(typeof(DefaultLogGrain))]
    [InlineData(typeof(ReentrantLogGrain))]
    [Trait("Requirement", "o.1")]
    public async Task Many_callers_at_once_are_all_confirmed(Type type)
    {
        var grain = clusters.Cluster.Client.GetGrain<ILogGrain>(Guid.NewGuid().ToString("N"), type.FullName);

        await Task.WhenAll(Enumerable.Range(1, 200).Select(grain.RaiseAndConfirm)).WaitAsync(Patience);

        var report = await grain.Report().WaitAsync(Patience);
        Assert.Equal((200, 20_100, 0), (report.Version, report.Sum, report.Unconfirmed));
        Assert.Equal(200, (await Stored(grain)).Count);
    }

    [Fact]
    [Trait("Requirement", "o.2")]
    public async Task A_batch_larger_than_one_append_is_stored_whole_and_no_range_is_split()
    {
        var grain = clusters.Grain<ReentrantLogGrain>();
        clusters.Storage.Limits = clusters.Storage.Limits with { MaxAppendEvents = 7 };
        try
        {
            await Task.WhenAll(Enumerable.Range(0, 20).Select(i => grain.RaiseRange([i, i, i], confirm: true))).WaitAsync(Patience);
            var error = await Assert.ThrowsAsync<AppendTooLargeException>(() => grain.RaiseRange([1, 2, 3, 4, 5, 6, 7, 8], confirm: true).WaitAsync(Patience));
            Assert.Contains("over the limit of 7", error.Message, StringComparison.Ordinal);
            await grain.RaiseAndConfirm(100).WaitAsync(Patience);
        }
        finally
        {
            clusters.Storage.Limits = clusters.Storage.Limits with { MaxAppendEvents = 1_000 };
        }

        Assert.All(clusters.Storage.AppendsTo(LogClusters.StreamOf(grain)).SkipLast(1), size => Assert.Contains(size, new[] { 3, 6 }));
        var report = await grain.Report().WaitAsync(Patience);
        Assert.Equal((61, 3 * 190 + 100, 0), (report.Version, report.Sum, report.Unconfirmed));
    }

    private async Task<List<RecordedEvent>> Stored(ILogGrain grain)
    {
        var events = new List<RecordedEvent>();
        await foreach (var recorded in clusters.Storage.ReadAsync(LogClusters.StreamOf(grain), ReadRequest.All))
            events.Add(recorded);
        return events;
    }
}
