namespace Orleans.Persist.AzureStorage.Streams;

/// <summary>Work at streams that nobody waits for, one piece after another. What comes later for a stream takes the place of what still waits.</summary>
/// <param name="failed">Told of what fails.</param>
/// <param name="closing">Ends all of it; what was not done then is made up for some other time.</param>
internal sealed class BackgroundWork(Action<Exception>? failed, CancellationToken closing)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Func<CancellationToken, Task>> _waiting = new(StringComparer.Ordinal);
    private Task _running = Task.CompletedTask;

    /// <summary>Has something done for a stream.</summary>
    public void Schedule(string stream, Func<CancellationToken, Task> work)
    {
        lock (_lock)
        {
            _waiting[stream] = work;
            if (_waiting.Count == 1)
                _running = RunAsync(_running);
        }
    }

    /// <summary>Completes when there is nothing left to do, or in a while.</summary>
    public async Task WhenIdleAsync(TimeSpan timeout)
    {
        Task running;
        lock (_lock)
            running = _running;
        await running.WaitAsync(timeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RunAsync(Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        while (Next() is { } work)
        {
            try
            {
                await work(closing).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (closing.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                failed?.Invoke(e);
            }
        }
    }

    private Func<CancellationToken, Task>? Next()
    {
        lock (_lock)
        {
            foreach (var (stream, work) in _waiting)
            {
                _waiting.Remove(stream);
                return work;
            }

            return null;
        }
    }
}
