using System.Diagnostics;
using Orleans.Persist.Journal;
using Orleans.Persist.Processes;
using Orleans.Persist.Tests.Support;
using Orleans.Runtime;

namespace Orleans.Persist.Tests.LogConsistency;

/// <summary>What becomes of a grain whose log cannot be written or read (requirement o.6), or is written by another one (o.5).</summary>
[Collection(LogCollection.Name)]
public sealed class FailureTests(LogClusters clusters)
{
    private static readonly TimeSpan Patience = LogClusters.Patience;

    [Fact]
    [Trait("Requirement", "o.6")]
    public async Task Confirm_StorageDown_TimesOutAtTheCallerAndTheEventIsStoredOnceTheStorageIsBack()
    {
        var grain = clusters.Grain<ImpatientLogGrain>();
        var stream = LogClusters.StreamOf(grain);
        await grain.RaiseAndConfirm(1).WaitAsync(Patience);
        clusters.Storage.Fail(stream, Failure.Down);

        var error = await Assert.ThrowsAsync<TimeoutException>(() => grain.RaiseAndConfirm(2).WaitAsync(Patience));

        Assert.Contains(stream, error.Message, StringComparison.Ordinal);
        Assert.Contains("switched off", error.Message, StringComparison.Ordinal);
        var during = await grain.Report().WaitAsync(Patience);
        Assert.Equal((1, 1, 1, 3), (during.Version, during.Sum, during.Unconfirmed, during.TentativeSum));
        Assert.True(during.Issues > 0);
        clusters.Storage.Heal(stream);
        await clusters.Storage.WaitForAppendAsync(stream, 1, 1).AsTask().WaitAsync(Patience);
        await grain.Confirm().WaitAsync(Patience);
        var after = await grain.Report().WaitAsync(Patience);
        Assert.Equal((2, 3, 0, 1), (after.Version, after.Sum, after.Unconfirmed, after.IssuesResolved));
    }

    [Fact]
    [Trait("Requirement", "o.6")]
    public async Task Confirm_StorageDownAndConfiguredToThrow_ThrowsTheErrorAndWithdrawsTheEvent()
    {
        var grain = clusters.Grain<ThrowingLogGrain>();
        await grain.RaiseAndConfirm(1).WaitAsync(Patience);
        clusters.Storage.Fail(LogClusters.StreamOf(grain), Failure.Down);

        await Assert.ThrowsAsync<JournalUnavailableException>(() => grain.RaiseAndConfirm(2).WaitAsync(Patience));
        await Assert.ThrowsAsync<JournalUnavailableException>(() => grain.TryRaise(2).WaitAsync(Patience));

        var during = await grain.Report().WaitAsync(Patience);
        Assert.Equal((1, 0, 1), (during.Version, during.Unconfirmed, during.TentativeSum));
        clusters.Storage.Heal(LogClusters.StreamOf(grain));
        await grain.RaiseAndConfirm(3).WaitAsync(Patience);
        Assert.Equal([1, 3], (await grain.Report().WaitAsync(Patience)).Values);
    }

    [Fact]
    [Trait("Requirement", "o.6")]
    public async Task Confirm_AfterEventsThatNobodyWaitedForWereWithdrawn_ThrowsWhy()
    {
        var grain = clusters.Grain<ThrowingLogGrain>();
        await grain.RaiseAndConfirm(1).WaitAsync(Patience);
        clusters.Storage.Fail(LogClusters.StreamOf(grain), Failure.Down);
        await grain.Raise(2).WaitAsync(Patience);
        while ((await grain.Report().WaitAsync(Patience)).Unconfirmed > 0)
            await Task.Yield();

        await Assert.ThrowsAsync<JournalUnavailableException>(() => grain.Confirm().WaitAsync(Patience));

        clusters.Storage.Heal(LogClusters.StreamOf(grain));
        await grain.Confirm().WaitAsync(Patience);
        Assert.Equal([1], (await grain.Report().WaitAsync(Patience)).Values);
    }

    [Fact]
    [Trait("Requirement", "o.6")]
    public async Task Confirm_StorageSilent_TimesOutAtTheCaller()
    {
        var grain = clusters.Grain<ThrowingLogGrain>();
        await grain.RaiseAndConfirm(1).WaitAsync(Patience);
        clusters.Storage.Fail(LogClusters.StreamOf(grain), Failure.Silent);

        await Assert.ThrowsAsync<TimeoutException>(() => grain.RaiseAndConfirm(2).WaitAsync(Patience));

        clusters.Storage.Heal(LogClusters.StreamOf(grain));
        await clusters.Cluster.DeactivateAsync(grain).WaitAsync(Patience);
        Assert.Equal([1], (await grain.Report().WaitAsync(Patience)).Values);
    }

    [Theory]
    [InlineData(typeof(DefaultLogGrain))]
    [InlineData(typeof(ThrowingLogGrain))]
    [Trait("Requirement", "o.6")]
    public async Task Confirm_AnswerLost_StoresTheEventsOnce(Type type)
    {
        var grain = clusters.Cluster.Client.GetGrain<ILogGrain>(Guid.NewGuid().ToString("N"), type.FullName);
        await grain.RaiseAndConfirm(1).WaitAsync(Patience);
        clusters.Storage.Fail(LogClusters.StreamOf(grain), Failure.LosesAnswer);

        await grain.RaiseRange([2, 3], confirm: true).WaitAsync(Patience);

        Assert.Equal([1, 2, 3], (await grain.Report().WaitAsync(Patience)).Values);
        Assert.Equal(3, (await clusters.Storage.GetHeadAsync(LogClusters.StreamOf(grain))).Version);
    }

    [Theory]
    [InlineData(typeof(ImpatientLogGrain), Failure.Down)]
    [InlineData(typeof(ImpatientLogGrain), Failure.Silent)]
    [InlineData(typeof(ThrowingLogGrain), Failure.Down)]
    [Trait("Requirement", "o.6")]
    public async Task An_activation_fails_in_bounded_time_while_the_storage_is_away_and_succeeds_once_it_is_back(Type type, Failure failure)
    {
        var grain = clusters.Cluster.Client.GetGrain<ILogGrain>(Guid.NewGuid().ToString("N"), type.FullName);
        clusters.Storage.Fail(LogClusters.StreamOf(grain), failure);
        var watch = Stopwatch.StartNew();

        await Assert.ThrowsAnyAsync<Exception>(() => grain.RaiseAndConfirm(1).WaitAsync(Patience));

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, Patience * 0.75);
        clusters.Storage.Heal(LogClusters.StreamOf(grain));
        await grain.RaiseAndConfirm(2).WaitAsync(Patience);
        Assert.Equal([2], (await grain.Report().WaitAsync(Patience)).Values);
    }

    [Theory]
    [InlineData(Failure.Down)]
    [InlineData(Failure.Silent)]
    [Trait("Requirement", "o.6")]
    public async Task A_deactivation_ends_while_the_storage_is_away(Failure failure)
    {
        var grain = clusters.Grain<ImpatientLogGrain>();
        await grain.RaiseAndConfirm(1).WaitAsync(Patience);
        clusters.Storage.Fail(LogClusters.StreamOf(grain), failure);
        await grain.Raise(2).WaitAsync(Patience);
        var watch = Stopwatch.StartNew();

        await clusters.Cluster.DeactivateAsync(grain).WaitAsync(Patience);

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, Patience * 0.75);
        clusters.Storage.Heal(LogClusters.StreamOf(grain));
        Assert.Equal([1], (await grain.Report().WaitAsync(Patience)).Values);
    }

    [Fact]
    [Trait("Requirement", "o.6")]
    public async Task A_deactivation_stores_what_is_unconfirmed()
    {
        var grain = clusters.Grain<DefaultLogGrain>();
        await grain.Raise(1).WaitAsync(Patience);

        await clusters.Cluster.DeactivateAsync(grain).WaitAsync(Patience);

        Assert.Equal([1], (await grain.Report().WaitAsync(Patience)).Values);
    }

    [Fact]
    [Trait("Requirement", "o.6")]
    public async Task An_event_that_cannot_be_serialized_is_refused_when_it_is_raised_and_the_grain_goes_on()
    {
        var grain = clusters.Grain<DefaultLogGrain>();
        await grain.RaiseAndConfirm(1).WaitAsync(Patience);

        var error = await Assert.ThrowsAnyAsync<NotSupportedException>(() => grain.RaiseUnserializable().WaitAsync(Patience));

        Assert.Contains(nameof(Unserializable), error.Message, StringComparison.Ordinal);
        await grain.RaiseAndConfirm(2).WaitAsync(Patience);
        Assert.Equal([1, 2], (await grain.Report().WaitAsync(Patience)).Values);
        Assert.Equal(2, (await clusters.Storage.GetHeadAsync(LogClusters.StreamOf(grain))).Version);
    }

    [Fact]
    [Trait("Requirement", "o.6")]
    public async Task A_poison_event_fails_the_confirm_and_the_next_activation_by_default()
    {
        var grain = clusters.Grain<DefaultLogGrain>();
        await grain.RaiseAndConfirm(1).WaitAsync(Patience);

        var live = await Assert.ThrowsAsync<PoisonEventException>(() => grain.RaisePoison().WaitAsync(Patience));
        var later = await Assert.ThrowsAnyAsync<Exception>(() => grain.Report().WaitAsync(Patience));

        foreach (var error in new[] { live, later })
        {
            Assert.Contains(LogClusters.StreamOf(grain), error.ToString(), StringComparison.Ordinal);
            Assert.Contains("Event 2", error.ToString(), StringComparison.Ordinal);
            Assert.Contains("this event is poison", error.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(typeof(SkippingLogGrain), 0)]
    [InlineData(typeof(QuarantiningLogGrain), 1)]
    [Trait("Requirement", "o.6")]
    public async Task A_poison_event_is_left_out_where_the_policy_says_so(Type type, int quarantined)
    {
        var grain = clusters.Cluster.Client.GetGrain<ILogGrain>(Guid.NewGuid().ToString("N"), type.FullName);
        await grain.RaiseAndConfirm(1).WaitAsync(Patience);
        await grain.RaisePoison().WaitAsync(Patience);
        await grain.RaiseAndConfirm(2).WaitAsync(Patience);

        var live = await grain.Report().WaitAsync(Patience);
        await clusters.Cluster.DeactivateAsync(grain).WaitAsync(Patience);
        var recovered = await grain.Report().WaitAsync(Patience);

        foreach (var report in new[] { live, recovered })
        {
            Assert.Equal([1, 2], report.Values);
            Assert.Equal(3, report.Version);
        }

        Assert.Equal(quarantined, (await clusters.Storage.GetHeadAsync("$poison/" + LogClusters.StreamOf(grain))).Version);
    }

    [Fact]
    [Trait("Requirement", "o.5")]
    public async Task Two_activations_of_one_grain_on_both_sides_of_a_partition_store_each_event_once_and_agree_in_the_end()
    {
        var key = Guid.NewGuid().ToString("N");
        var (here, there) = (clusters.Grain<DefaultLogGrain>(key), clusters.Grain<DefaultLogGrain>(key, onOtherSide: true));
        await here.RaiseAndConfirm(1).WaitAsync(Patience);
        await there.RaiseAndConfirm(2).WaitAsync(Patience);

        await Task.WhenAll(
            Task.Run(() => WriteAsync(here, 100)),
            Task.Run(() => WriteAsync(there, 200))).WaitAsync(Patience);

        await Task.WhenAll(here.Refresh(), there.Refresh()).WaitAsync(Patience);
        var (left, right) = (await here.Report().WaitAsync(Patience), await there.Report().WaitAsync(Patience));
        Assert.NotEqual(left.Activation, right.Activation);
        Assert.Equal(left.Values, right.Values);
        Assert.Equal(Enumerable.Range(100, 50).Concat(Enumerable.Range(200, 50)).Append(1).Append(2).Order(), left.Values.Order());
        Assert.Equal(Enumerable.Range(100, 50), left.Values.Where(v => v is >= 100 and < 200));

        static async Task WriteAsync(ILogGrain grain, int from)
        {
            for (var i = 0; i < 50; i++)
                await grain.RaiseAndConfirm(from + i);
        }
    }

    [Fact]
    [Trait("Requirement", "o.5")]
    [Trait("Requirement", "o.2")]
    public async Task A_conditional_event_fails_where_the_other_side_has_written_and_the_activation_has_refreshed()
    {
        var key = Guid.NewGuid().ToString("N");
        var (here, there) = (clusters.Grain<DefaultLogGrain>(key), clusters.Grain<DefaultLogGrain>(key, onOtherSide: true));
        await here.RaiseAndConfirm(1).WaitAsync(Patience);
        await there.RaiseAndConfirm(2).WaitAsync(Patience);

        Assert.False(await here.TryRaise(3).WaitAsync(Patience));
        Assert.Equal([1, 2], (await here.Report().WaitAsync(Patience)).Values);
        Assert.True(await here.TryRaise(3).WaitAsync(Patience));
        Assert.False(await there.TryRaiseThenRaise(4, 5).WaitAsync(Patience));
        Assert.Equal([1, 2, 3, 5], (await there.Report().WaitAsync(Patience)).Values);
    }

    [Fact]
    [Trait("Requirement", "o.5")]
    [Trait("Requirement", "o.2")]
    public async Task A_conditional_range_is_stored_whole_or_not_at_all_beside_another_writer()
    {
        var key = Guid.NewGuid().ToString("N");
        var (here, there) = (clusters.Grain<ReentrantLogGrain>(key), clusters.Grain<ReentrantLogGrain>(key, onOtherSide: true));
        await here.RaiseAndConfirm(0).WaitAsync(Patience);
        await there.RaiseAndConfirm(0).WaitAsync(Patience);
        Assert.False(await here.TryRaiseRange([1, 1, 1]).WaitAsync(Patience));
        Assert.True(await here.TryRaiseRange([2, 2, 2]).WaitAsync(Patience));

        var ranges = Enumerable.Range(10, 60).ToDictionary(number => number, number => (number % 2 == 0 ? here : there).TryRaiseRange([number, number, number]));
        await Task.WhenAll(ranges.Values).WaitAsync(Patience);

        await Task.WhenAll(here.Refresh(), there.Refresh()).WaitAsync(Patience);
        var (left, right) = (await here.Report().WaitAsync(Patience), await there.Report().WaitAsync(Patience));
        Assert.Equal(left.Values, right.Values);
        var stored = left.Values.Skip(5).Chunk(3).ToList();
        Assert.All(stored, range => Assert.Equal([range[0], range[0], range[0]], range));
        Assert.Equal(ranges.Where(range => range.Value.Result).Select(range => range.Key), stored.Select(range => range[0]).Order());
    }

    [Fact]
    [Trait("Requirement", "o.5")]
    public async Task A_deposed_activation_is_deactivated_where_that_is_configured()
    {
        var key = Guid.NewGuid().ToString("N");
        var (here, there) = (clusters.Grain<DeposedLogGrain>(key), clusters.Grain<DeposedLogGrain>(key, onOtherSide: true));
        await here.RaiseAndConfirm(1).WaitAsync(Patience);
        var before = (await here.Report().WaitAsync(Patience)).Activation;
        await there.RaiseAndConfirm(2).WaitAsync(Patience);

        await Assert.ThrowsAsync<VersionConflictException>(() => here.RaiseAndConfirm(3).WaitAsync(Patience));
        await clusters.Cluster.WaitForDeactivationAsync(here).WaitAsync(Patience);

        var after = await here.Report().WaitAsync(Patience);
        Assert.NotEqual(before, after.Activation);
        Assert.Equal([1, 2], after.Values);
    }

    [Fact]
    [Trait("Requirement", "o.5")]
    public async Task A_log_that_the_other_side_has_cleared_is_begun_anew()
    {
        var key = Guid.NewGuid().ToString("N");
        var (here, there) = (clusters.Grain<DefaultLogGrain>(key), clusters.Grain<DefaultLogGrain>(key, onOtherSide: true));
        await here.RaiseRange([1, 2, 3], confirm: true).WaitAsync(Patience);
        await there.Clear().WaitAsync(Patience);
        await there.RaiseAndConfirm(7).WaitAsync(Patience);

        await here.RaiseAndConfirm(8).WaitAsync(Patience);

        Assert.Equal([7, 8], (await here.Report().WaitAsync(Patience)).Values);
    }

    [Fact]
    public async Task A_grain_whose_provider_nobody_added_says_which_one_is_missing()
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => clusters.Grain<UnprovidedLogGrain>().Report().WaitAsync(Patience));

        Assert.Contains("Cannot find consistency provider with Name=Nobody", error.ToString(), StringComparison.Ordinal);
    }
}
