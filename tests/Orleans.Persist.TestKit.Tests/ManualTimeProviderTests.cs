namespace Orleans.Persist.TestKit.Tests;

public sealed class ManualTimeProviderTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Timers_fire_in_the_order_in_which_they_are_due_each_at_its_own_time()
    {
        var start = _time.GetUtcNow();
        var fired = new List<(string Name, double Seconds)>();
        using var every = _time.CreateTimer(_ => Note("every"), null, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));
        using var once = _time.CreateTimer(_ => Note("once"), null, TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan);
        using var never = _time.CreateTimer(_ => Note("never"), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        _time.Advance(TimeSpan.FromMilliseconds(1999));
        Assert.Empty(fired);
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal([("every", 2), ("once", 3), ("every", 4), ("every", 6)], fired);
        Assert.Equal(start.AddMilliseconds(6999), _time.GetUtcNow());
        Assert.Equal(1, _time.ActiveTimers);

        void Note(string name) => fired.Add((name, (_time.GetUtcNow() - start).TotalSeconds));
    }

    [Fact]
    public void A_timer_that_was_disposed_of_or_changed_does_not_fire_as_before()
    {
        var fired = 0;
        var gone = _time.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        using var moved = _time.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        gone.Dispose();
        moved.Change(TimeSpan.FromSeconds(10), Timeout.InfiniteTimeSpan);

        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(0, fired);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, fired);
    }

    [Fact]
    public async Task The_frameworks_waits_go_by_it()
    {
        var delay = Task.Delay(TimeSpan.FromHours(1), _time);
        using var limit = new CancellationTokenSource(TimeSpan.FromHours(2), _time);
        var never = new TaskCompletionSource().Task.WaitAsync(TimeSpan.FromHours(3), _time);
        var timestamp = _time.GetTimestamp();

        _time.Advance(TimeSpan.FromHours(1));
        await delay.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(limit.IsCancellationRequested);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.True(limit.IsCancellationRequested);
        _time.Advance(TimeSpan.FromHours(1));
        await Assert.ThrowsAsync<TimeoutException>(() => never.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(TimeSpan.FromHours(3), _time.GetElapsedTime(timestamp));
    }
}
