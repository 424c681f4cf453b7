namespace Orleans.Persist.Processes;

/// <summary>Has a command handler's code after an <c>await</c> run on the process's turn: never beside the storing and applying of its events, nor beside another message.</summary>
/// <remarks>Code after <c>ConfigureAwait(false)</c> on something else than a persist runs outside, where the process's members may not be used.</remarks>
internal sealed class TurnQueue : SynchronizationContext
{
    private readonly Lock _lock = new();
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _posted = new();
    private TaskCompletionSource? _waiting;
    private bool _signaled;

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_lock)
            _posted.Enqueue((d, state));
        Signal();
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("A process's turn cannot be waited for.");

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Ends the wait, or the next one.</summary>
    public void Signal()
    {
        TaskCompletionSource? waiting;
        lock (_lock)
        {
            (waiting, _waiting) = (_waiting, null);
            _signaled = true;
        }

        waiting?.TrySetResult();
    }

    /// <summary>Completes once there is something to run, or a signal.</summary>
    public Task WaitAsync()
    {
        lock (_lock)
        {
            if (!_signaled)
                return (_waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            _signaled = false;
            return Task.CompletedTask;
        }
    }

    /// <summary>Begins a handler.</summary>
    public ValueTask<object?> Start<TProcess>(TProcess process, object command, Func<TProcess, object, ValueTask<object?>> handler)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            return handler(process, command);
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    /// <summary>Runs what has been posted.</summary>
    public void Run()
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            while (TryTake(out var next))
                next.Callback(next.State);
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    private bool TryTake(out (SendOrPostCallback Callback, object? State) next)
    {
        lock (_lock)
            return _posted.TryDequeue(out next);
    }
}
