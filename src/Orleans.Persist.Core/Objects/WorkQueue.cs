using System.Diagnostics.CodeAnalysis;

namespace Orleans.Persist.Objects;

/// <summary>Work that runs on the thread pool, one piece after the other, in the order in which it was handed in.</summary>
/// <param name="capacity">How many pieces there may be at a time, the one that runs included.</param>
internal sealed class WorkQueue(int capacity)
{
    private readonly Lock _lock = new();
    private Task _last = Task.CompletedTask;
    private int _count;

    /// <summary>Hands in work and returns at once. None of it runs on the caller's thread or scheduler (requirement g.1.1).</summary>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">Ends the caller's wait, and the work where that honours it. Work that has not begun is then left out, once its turn comes.</param>
    /// <param name="result">The work.</param>
    /// <returns>Whether there was room for it.</returns>
    public bool TryEnqueue<TResult>(Func<CancellationToken, ValueTask<TResult>> work, CancellationToken cancellationToken, [NotNullWhen(true)] out Task<TResult>? result)
    {
        Task<TResult> task;
        lock (_lock)
        {
            result = null;
            if (_count == capacity)
                return false;
            _count++;
            var previous = _last;
            _last = task = Task.Run(() => RunAsync(previous), CancellationToken.None);
        }

        result = task.WaitAsync(cancellationToken);
        return true;

        async Task<TResult> RunAsync(Task previous)
        {
            await previous.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                return await work(cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                lock (_lock)
                    _count--;
            }
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
