using Orleans.Persist.Journal;
using Xunit;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>Subscriptions give each durable event once, in order, history first and then live, with no seam.</summary>
/// <typeparam name="TFixture">The plug-in under test.</typeparam>
public abstract class JournalSubscribeConformance<TFixture> : StorageConformance<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    public async Task History_then_live_from_a_version_on()
    {
        await AppendAsync("s", Events(1, 5));
        await using var events = Journal.SubscribeAsync("s", fromVersion: 3, cancellationToken: Limit).GetAsyncEnumerator(Limit);
        for (var version = 3; version <= 5; version++)
            Assert.Equal(version, await NextAsync(events));
        var live = NextAsync(events);
        Assert.False(live.IsCompleted);
        await AppendAsync("s", Events(6, 2));
        Assert.Equal(6, await live);
        Assert.Equal(7, await NextAsync(events));
    }

    [Fact]
    public async Task A_stream_to_come_can_be_subscribed_to()
    {
        await using var events = Journal.SubscribeAsync("s", cancellationToken: Limit).GetAsyncEnumerator(Limit);
        var first = NextAsync(events);
        await AppendAsync("other", Event("x"));
        await AppendAsync("s", Event("a"));
        Assert.Equal(1, await first);
    }

    [Fact]
    public async Task There_is_no_seam_under_concurrent_writers()
    {
        const int Writers = 4, Each = 100, Total = Writers * Each;
        var subscribers = Enumerable.Range(0, 4).Select(i => Task.Run(async () =>
        {
            await Journal.WaitForAppendAsync("s", 1, i * 50, Limit); // begin at various points of the writing
            var versions = new List<long>();
            await foreach (var @event in Journal.SubscribeAsync("s", cancellationToken: Limit))
            {
                versions.Add(@event.Version);
                if (@event.Version == Total)
                    break;
            }

            Assert.Equal(Enumerable.Range(1, Total).Select(v => (long)v), versions);
        })).ToList();
        var writers = Enumerable.Range(0, Writers).Select(w => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++)
                await AppendAsync("s", Event($"{w}/{i}"));
        }));
        await Task.WhenAll([.. writers, .. subscribers]).WaitAsync(Limit);
    }

    [Fact]
    public async Task A_filter_skips_events_without_stalling()
    {
        var filter = new EventFilter { Types = ["wanted"] };
        await AppendAsync("s", Event("a"), Event("b", type: "wanted"), Event("c"));
        await using var events = Journal.SubscribeAsync("s", filter: filter, cancellationToken: Limit).GetAsyncEnumerator(Limit);
        Assert.Equal(2, await NextAsync(events));
        var next = NextAsync(events);
        await AppendAsync("s", Event("d"));
        await AppendAsync("s", Event("e", type: "wanted"));
        Assert.Equal(5, await next);
    }

    [Fact]
    public async Task A_subscriber_is_told_when_the_stream_is_deleted()
    {
        await AppendAsync("s", Event("a"));
        await using var events = Journal.SubscribeAsync("s", cancellationToken: Limit).GetAsyncEnumerator(Limit);
        Assert.Equal(1, await NextAsync(events));
        var next = NextAsync(events);
        await Journal.DeleteAsync("s", ExpectedVersion.Any, Limit);
        await Assert.ThrowsAsync<StreamIncarnationException>(() => next);
    }

    [Fact]
    public async Task A_wait_for_an_append_ends_with_it_and_not_before()
    {
        Assert.Equal(1, (await Journal.WaitForAppendAsync("s", incarnation: 2, 0, Limit)).Incarnation); // another incarnation than meant: at once
        var waiting = Journal.WaitForAppendAsync("s", 1, 1, Limit).AsTask();
        await AppendAsync("s", Event("a"));
        Assert.False(waiting.IsCompleted);
        await AppendAsync("s", Event("b"));
        Assert.Equal(2, (await waiting.WaitAsync(Limit)).Version);
        Assert.Equal(2, (await Journal.WaitForAppendAsync("s", 1, 0, Limit)).Version);
    }

    [Fact]
    public async Task Cancellation_ends_a_subscription_and_a_wait()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Limit);
        await using var events = Journal.SubscribeAsync("s", cancellationToken: cancel.Token).GetAsyncEnumerator(cancel.Token);
        var next = NextAsync(events);
        var waiting = Journal.WaitForAppendAsync("s", 1, 0, cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Limit));
        Assert.False(Limit.IsCancellationRequested);
    }

    private async Task<long> NextAsync(IAsyncEnumerator<RecordedEvent> events)
    {
        Assert.True(await events.MoveNextAsync().AsTask().WaitAsync(Limit));
        return events.Current.Version;
    }
}
