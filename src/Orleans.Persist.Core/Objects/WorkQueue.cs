namespace Orleans.Persist.Objects;

/// <summary>Work that runs on the thread pool, one piece after the other, in the order in which it was handed in.</summary>
internal sealed class WorkQueue
{
    private readonly Lock _lock = new();
    private Task _last = Task.CompletedTask;

    /// <summary>Hands in work and returns at once. None of it runs on the caller's thread or scheduler (requirement g.1.1).</summary>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">Ends the caller's wait, and the work where that honours it. Work that has not begun is then left out.</param>
    public Task<TResult> Enqueue<TResult>(Func<CancellationToken, ValueTask<TResult>> work, CancellationToken cancellationToken)
    {
        Task<TResult> task;
        lock (_lock)
        {
            var previous = _last;
            _last = task = Task.Run(() => RunAsync(previous), CancellationToken.None);
        }

        return task.WaitAsync(cancellationToken);

        async Task<TResult> RunAsync(Task previous)
        {
            await previous.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            return await work(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Completes when all that has been handed in has ended.</summary>
    public Task DrainAsync()
    {
        Task last;
        lock (_lock)
            last = _last;
        return last.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }
}
