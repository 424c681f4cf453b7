using Orleans.Persist.Core.Tests.Support;
using Orleans.Persist.Journal;
using Orleans.Persist.Subscriptions;

namespace Orleans.Persist.Core.Tests.Subscriptions;

public sealed class SubscriptionFailureTests : SubscriptionTestBase
{
    private const string Stream = "$subscription/gateway/reader";

    [Fact]
    public async Task Acknowledge_that_cannot_be_stored_is_an_error_and_the_next_one_stores_both()
    {
        var subscription = await CreateAsync();
        var lease = await TakeAsync(subscription);
        Storage.Journal.BeforeAppend = _ => throw new JournalUnavailableException("no");
        await Assert.ThrowsAsync<JournalUnavailableException>(() => AcknowledgeAsync(subscription, lease, 1, 2));
        Storage.Journal.BeforeAppend = null;

        await AcknowledgeAsync(subscription, lease, 4);

        Assert.Equal([3, 5, 6, 7, 8, 9, 10], Versions(await TakeAsync(await RestartAsync())));
    }

    [Fact]
    public async Task Acknowledge_whose_answer_got_lost_is_stored_and_the_next_one_goes_on_after_it()
    {
        var subscription = await CreateAsync();
        var lease = await TakeAsync(subscription);
        Storage.Journal.AfterAppend = _ => throw new JournalUnavailableException("lost");
        await Assert.ThrowsAsync<JournalUnavailableException>(() => AcknowledgeAsync(subscription, lease, 1, 2));
        Storage.Journal.AfterAppend = null;

        await AcknowledgeAsync(subscription, lease, 4);

        Assert.Equal([3, 5, 6, 7, 8, 9, 10], Versions(await TakeAsync(await RestartAsync())));
    }

    [Fact]
    public async Task Acknowledge_many_at_once_share_appends()
    {
        var subscription = await CreateAsync();
        var lease = await TakeAsync(subscription);
        var gate = new Gate();
        var appends = 0;
        Storage.Journal.BeforeAppend = _ => Interlocked.Increment(ref appends) == 1 ? gate.PassAsync() : Task.CompletedTask;

        var all = Versions(lease).Select(version => AcknowledgeAsync(subscription, lease, version)).ToArray();
        await gate.Entered;
        gate.Open();
        await Task.WhenAll(all).WaitAsync(Patience);

        Assert.Equal(2, appends);
        Storage.Journal.BeforeAppend = null;
        Assert.Equal(0, (await (await RestartAsync()).GetStatusAsync()).Behind);
    }

    [Fact]
    public async Task The_stream_with_the_place_stays_short()
    {
        var subscription = await CreateAsync();
        for (var i = 0; i < 100; i++)
        {
            await Engine.PublishAsync(1, 4);
            var lease = await TakeAsync(subscription, 4);
            foreach (var version in Versions(lease))
                await AcknowledgeAsync(subscription, lease, version);
        }

        var head = await Storage.Memory.GetHeadAsync(Stream);
        Assert.True(head.Version > 400 && head.Version - head.FirstVersion < 300, $"{head}");
        Assert.Equal([401, 402], Versions(await TakeAsync(await RestartAsync(), 2)));
    }

    [Fact]
    public async Task Take_after_a_truncation_of_what_was_not_acknowledged_says_so_until_the_place_is_moved()
    {
        var subscription = await CreateAsync();
        await AcknowledgeAsync(subscription, await TakeAsync(subscription, 3));
        await Storage.Memory.TruncateAsync(Source, 6);

        var gap = await Assert.ThrowsAsync<SubscriptionGapException>(() => TakeAsync(subscription));
        await subscription.SeekAsync(gap.First);

        Assert.Equal((4, 6), (gap.Wanted, gap.First));
        Assert.Equal([6, 7, 8, 9, 10], Versions(await TakeAsync(subscription)));
        Assert.Equal([6, 7], Versions(await TakeAsync(await RestartAsync(), 2)));
    }

    [Fact]
    public async Task Seek_back_gives_everything_again()
    {
        var subscription = await CreateAsync();
        await AcknowledgeAsync(subscription, await TakeAsync(subscription));

        await subscription.SeekAsync(9);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await subscription.SeekAsync(0));

        Assert.Equal([9, 10], Versions(await TakeAsync(await RestartAsync())));
    }

    [Fact]
    public async Task A_source_that_was_deleted_is_given_anew_and_old_acknowledgements_are_refused()
    {
        var subscription = await CreateAsync();
        var old = await TakeAsync(subscription);
        await Storage.Memory.DeleteAsync(Source, ExpectedVersion.Any);
        await Engine.PublishAsync(1, 2);

        var lease = await TakeAsync(subscription);

        Assert.Equal((2, 2), (lease.Incarnation, lease.Events.Count));
        await Assert.ThrowsAsync<StreamIncarnationException>(() => AcknowledgeAsync(subscription, old));
        await AcknowledgeAsync(subscription, lease, 1);
        Assert.Equal([2], Versions(await TakeAsync(await RestartAsync())));
    }

    [Fact]
    public async Task Two_processes_on_one_journal_lose_nothing_and_settle_what_either_has_acknowledged()
    {
        var here = await CreateAsync();
        await using var other = await TestEngine.StartAsync(Storage, Time);
        var there = (await other.Engine.Subscriptions.FindAsync(Source, "reader"))!;
        var (mine, theirs) = (await TakeAsync(here, 6), await TakeAsync(there, 8));

        await AcknowledgeAsync(here, mine, 1, 2, 3);
        await AcknowledgeAsync(there, theirs, 5, 6, 8);
        await AcknowledgeAsync(here, mine, 4);

        Assert.Equal([7, 9, 10], Versions(await TakeAsync(await RestartAsync())));
    }
}
