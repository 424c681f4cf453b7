namespace Orleans.Persist.Sources;

/// <summary>
/// Lets a sink's loop, which runs beside its grain, do its work within turns of the grain: in between, the grain's calls get theirs.
/// A turn is a message that the activation sends to itself, so it waits in the same queue as they do.
/// </summary>
/// <param name="post">Sends that message; its handler is <see cref="RunAsync"/>.</param>
internal sealed class SinkTurn(Action post)
{
    private static readonly TimeSpan PostAgainAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestTurn = TimeSpan.FromMilliseconds(20);

    private readonly Lock _lock = new();
    private TaskCompletionSource? _wanted;
    private TaskCompletionSource? _held;
    private long _began;
    private bool _free;

    /// <summary>Completes within a turn, which lasts until <see cref="Leave"/>. Returns at once where it lasts still.</summary>
    public async ValueTask EnterAsync(CancellationToken cancellationToken)
    {
        Task entered;
        lock (_lock)
        {
            if (_free || _held is not null)
                return;
            _wanted ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            entered = _wanted.Task;
        }

        while (true)
        {
            post();
            try
            {
                await entered.WaitAsync(PostAgainAfter, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (TimeoutException)
            {
                // The grain is busy, or the message got lost: one too many does nothing.
            }
            catch (OperationCanceledException)
            {
                Forgo();
                throw;
            }
        }
    }

    /// <summary>Whether the turn has lasted so long that others should have theirs.</summary>
    public bool IsLong => TimeProvider.System.GetElapsedTime(Volatile.Read(ref _began)) > LongestTurn;

    /// <summary>Ends the turn, if there is one.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            _held?.TrySetResult();
            _held = null;
        }
    }

    /// <summary>The turn itself, as a call to the grain.</summary>
    public Task RunAsync()
    {
        lock (_lock)
        {
            if (_wanted is null)
                return Task.CompletedTask;
            _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref _began, TimeProvider.System.GetTimestamp());
            _wanted.TrySetResult();
            _wanted = null;
            return _held.Task;
        }
    }

    /// <summary>No turns are needed any more: the grain deactivates, and nothing else runs in it.</summary>
    public void SetFree()
    {
        lock (_lock)
        {
            _free = true;
            _wanted?.TrySetResult();
            _wanted = null;
        }
    }

    /// <summary>Nobody would end a turn that came now.</summary>
    private void Forgo()
    {
        lock (_lock)
            _wanted = null;
        Leave();
    }
}
