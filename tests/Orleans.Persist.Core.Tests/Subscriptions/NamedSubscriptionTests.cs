using Orleans.Persist.Core.Tests.Support;
using Orleans.Persist.Journal;
using Orleans.Persist.Sources;
using Orleans.Persist.Subscriptions;

namespace Orleans.Persist.Core.Tests.Subscriptions;

public sealed class NamedSubscriptionTests : SubscriptionTestBase
{
    [Fact]
    public async Task Take_readers_that_share_a_name_get_each_event_once_and_in_order()
    {
        var subscription = await CreateAsync();

        var first = await TakeAsync(subscription, 4);
        var second = await TakeAsync(subscription, 4);
        var third = await TakeAsync(subscription, 4);

        Assert.Equal([1, 2, 3, 4], Versions(first));
        Assert.Equal([5, 6, 7, 8], Versions(second));
        Assert.Equal([9, 10], Versions(third));
        Assert.All(first.Events, e => Assert.Equal(1, e.Attempt));
        Assert.Empty((await TakeAsync(subscription)).Events);
    }

    [Fact]
    public async Task Acknowledge_what_was_acknowledged_never_comes_again_and_the_rest_does_after_a_restart()
    {
        var subscription = await CreateAsync();
        var lease = await TakeAsync(subscription, 8);
        Assert.Equal(6, await AcknowledgeAsync(subscription, lease, 1, 2, 3, 5, 7, 8));
        Assert.Equal(0, await AcknowledgeAsync(subscription, lease, 1, 2, 99));

        subscription = await RestartAsync();

        Assert.Equal(new SubscriptionStatus(1, 3, 9, 2, 0, 7), await subscription.GetStatusAsync());
        Assert.Equal([4, 6, 9, 10], Versions(await TakeAsync(subscription)));
    }

    [Fact]
    public async Task Take_an_event_comes_again_when_its_lease_is_over_and_says_so()
    {
        var subscription = await CreateAsync();
        var lease = await TakeAsync(subscription);
        await AcknowledgeAsync(subscription, lease, 2, 4);

        Time.Advance(TimeSpan.FromSeconds(29));
        Assert.Empty((await TakeAsync(subscription)).Events);
        Time.Advance(TimeSpan.FromSeconds(1));
        var again = await TakeAsync(subscription, 3);

        Assert.Equal([1, 3, 5], Versions(again));
        Assert.All(again.Events, e => Assert.Equal(2, e.Attempt));
        Assert.Equal(Time.GetUtcNow() + TimeSpan.FromSeconds(30), again.Until);
    }

    [Fact]
    public async Task Take_gives_no_more_bytes_at_once_when_they_come_again_than_the_first_time()
    {
        var subscription = await CreateAsync(new SubscriptionDefinition { FromVersion = 11 });
        for (var i = 0; i < 8; i++)
            await Engine.Source.PublishAsync(new[] { new EventData { Type = "large", Data = new byte[1 << 20] } });
        Assert.Equal([11, 12, 13, 14], Versions(await TakeAsync(subscription)));
        Assert.Equal([15, 16, 17, 18], Versions(await TakeAsync(subscription)));
        Time.Advance(TimeSpan.FromSeconds(30));

        var again = await TakeAsync(subscription);
        Assert.Equal([11, 12, 13, 14], Versions(again));
        Assert.Equal([15, 16, 17, 18], Versions(await TakeAsync(subscription)));
        await AcknowledgeAsync(subscription, again);
        Assert.Empty((await TakeAsync(subscription)).Events);
    }

    [Fact]
    public async Task Acknowledge_too_late_still_settles_what_somebody_else_has_now()
    {
        var subscription = await CreateAsync();
        var late = await TakeAsync(subscription, 2);
        Time.Advance(TimeSpan.FromMinutes(1));
        var other = await TakeAsync(subscription, 2);

        Assert.Equal(2, await AcknowledgeAsync(subscription, late));
        Assert.Equal(0, await AcknowledgeAsync(subscription, other));
        Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal([3, 4, 5, 6, 7, 8, 9, 10], Versions(await TakeAsync(subscription)));
    }

    [Fact]
    public async Task Extend_and_release_change_when_events_come_again()
    {
        var subscription = await CreateAsync();
        var kept = await TakeAsync(subscription, 2);
        var given = await TakeAsync(subscription, 2);
        Time.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(Time.GetUtcNow() + TimeSpan.FromSeconds(30), await subscription.ExtendAsync(kept.Id));
        Assert.True(await subscription.ReleaseAsync(given.Id));
        Assert.False(await subscription.ReleaseAsync(given.Id));
        Assert.Null(await subscription.ExtendAsync(given.Id));
        Time.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal([3, 4, 5], Versions(await TakeAsync(subscription, 3)));
    }

    [Fact]
    public async Task Take_waits_for_an_event_for_a_lease_to_end_or_until_the_time_is_up()
    {
        var subscription = await CreateAsync();
        var lease = await TakeAsync(subscription);

        var live = TakeAsync(subscription, wait: TimeSpan.FromSeconds(10));
        await Engine.PublishAsync(11, 11);
        Assert.Equal([11], Versions(await live));

        var idle = TakeAsync(subscription, wait: TimeSpan.FromSeconds(10));
        await PassAsync(idle, TimeSpan.FromSeconds(10));
        Assert.Empty((await idle).Events);

        var again = TakeAsync(subscription, wait: TimeSpan.FromMinutes(5));
        await PassAsync(again, TimeSpan.FromSeconds(20));
        Assert.Equal(Versions(lease), Versions(await again).Intersect(Versions(lease)));

        var released = TakeAsync(subscription, wait: TimeSpan.FromMinutes(5));
        await subscription.ReleaseAsync((await again).Id);
        Assert.NotEmpty((await released).Events);
    }

    [Fact]
    public async Task Take_cancelled_while_it_waits_ends_and_takes_nothing()
    {
        var subscription = await CreateAsync();
        await AcknowledgeAsync(subscription, await TakeAsync(subscription));
        using var stop = new CancellationTokenSource();
        var waiting = subscription.TakeAsync(10, TimeSpan.FromMinutes(5), stop.Token).AsTask();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Patience));
        await Engine.PublishAsync(11, 11);
        Assert.Equal([11], Versions(await TakeAsync(subscription)));
    }

    [Fact]
    public async Task Take_gives_nothing_new_beyond_the_bound_until_something_is_acknowledged()
    {
        var subscription = await CreateAsync(new SubscriptionDefinition { MaxOutstanding = 3 });
        var lease = await TakeAsync(subscription);
        Assert.Equal([1, 2, 3], Versions(lease));
        Assert.Empty((await TakeAsync(subscription)).Events);

        var waiting = TakeAsync(subscription, wait: TimeSpan.FromSeconds(10));
        await AcknowledgeAsync(subscription, lease, 2);

        Assert.Equal([4], Versions(await waiting));
    }

    [Fact]
    public async Task Take_gives_only_what_the_conditions_say_and_settles_the_rest_by_itself()
    {
        await Engine.Source.PublishAsync(new[] { new EventData { Type = "A", Subject = "x/1" }, new EventData { Type = "B", Subject = "x/2" }, new EventData { Type = "A", Subject = "y" } });
        var subscription = await CreateAsync(new SubscriptionDefinition { Types = ["A", "B"], SubjectPrefixes = ["x/"] });

        var lease = await TakeAsync(subscription);
        await AcknowledgeAsync(subscription, lease);

        Assert.Equal([11, 12], Versions(lease));
        Assert.Equal(new SubscriptionStatus(1, 13, 14, 0, 0, 0), await subscription.GetStatusAsync());
    }

    [Fact]
    public async Task Create_again_keeps_the_place_and_refuses_another_definition()
    {
        var subscription = await CreateAsync(new SubscriptionDefinition { FromVersion = 6 });
        await AcknowledgeAsync(subscription, await TakeAsync(subscription, 2));

        var same = await CreateAsync(new SubscriptionDefinition { FromVersion = 1 });

        Assert.Equal([8, 9, 10], Versions(await TakeAsync(same)));
        await Assert.ThrowsAsync<SubscriptionExistsException>(() => CreateAsync(new SubscriptionDefinition { Types = ["t"] }));
        Assert.Null(await Engine.Engine.Subscriptions.FindAsync(Source, "other"));
    }

    [Theory]
    [InlineData("", 1, 30)]
    [InlineData("r", 0, 30)]
    [InlineData("r", 1, 0)]
    public async Task Create_out_of_bounds_is_refused(string name, long from, int seconds) =>
        await Assert.ThrowsAsync<ArgumentException>(() => CreateAsync(new SubscriptionDefinition { FromVersion = from, LeaseTime = TimeSpan.FromSeconds(seconds) }, name));

    [Fact]
    public async Task Create_on_a_volatile_source_is_refused()
    {
        Engine.Engine.AddSource("fleeting", new EventSourceOptions { VolatileCapacity = 10 });

        await Assert.ThrowsAsync<NotSupportedException>(async () => await Engine.Engine.Subscriptions.CreateAsync("fleeting", "r", new SubscriptionDefinition()));
    }

    [Fact]
    public async Task Delete_ends_whoever_waits_and_a_new_one_of_the_name_begins_anew()
    {
        var subscription = await CreateAsync();
        await AcknowledgeAsync(subscription, await TakeAsync(subscription));
        var waiting = TakeAsync(subscription, wait: TimeSpan.FromSeconds(10));

        Assert.True(await Engine.Engine.Subscriptions.DeleteAsync(Source, "reader"));
        Assert.False(await Engine.Engine.Subscriptions.DeleteAsync(Source, "reader"));

        await Assert.ThrowsAsync<SubscriptionNotFoundException>(() => waiting);
        Assert.Equal(10, (await TakeAsync(await CreateAsync())).Events.Count);
    }

    [Fact]
    public async Task List_names_those_of_one_source()
    {
        await CreateAsync(name: "b");
        await CreateAsync(name: "a/%");
        await Engine.Engine.Subscriptions.CreateAsync(Source + "/x", "c", new SubscriptionDefinition());
        var names = new List<string>();

        await foreach (var name in Engine.Engine.Subscriptions.ListAsync(Source))
            names.Add(name);

        Assert.Equal(["a/%", "b"], names.Order(StringComparer.Ordinal));
    }

    /// <summary>Lets time pass until something has come of it; the timer it waits for may not be set yet.</summary>
    private async Task PassAsync(Task task, TimeSpan time)
    {
        for (var tick = TimeSpan.Zero; tick < time && !task.IsCompleted; tick += TimeSpan.FromSeconds(1))
        {
            SpinWait.SpinUntil(() => Time.ActiveTimers > 0 || task.IsCompleted, Patience);
            Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        while (!task.IsCompleted)
        {
            Time.Advance(TimeSpan.Zero);
            await Task.Yield();
        }
    }
}
