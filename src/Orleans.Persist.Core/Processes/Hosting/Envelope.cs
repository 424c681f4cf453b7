using System.Diagnostics;

namespace Orleans.Persist.Processes;

/// <summary>What lies in a mailbox: a message and where its reply goes, or something the host wants done on the process's turn.</summary>
internal sealed class Envelope(EnvelopeKind kind, object? message, DateTimeOffset arrival) : TaskCompletionSource<object?>
{
    /// <summary>What the sender was doing: the parent of what handling it does.</summary>
    public Activity? Activity { get; } = Activity.Current;

    private static readonly Action<Envelope> CompleteNow = static e => e.TryComplete();
    private object? _reply;
    private Exception? _error;

    public EnvelopeKind Kind { get; } = kind;

    public object? Message { get; } = message;

    public DateTimeOffset Arrival { get; } = arrival;

    /// <summary>Where it comes from, if a process sent it.</summary>
    public SendOrigin? Origin { get; init; }

    /// <summary>Whether a failure is nobody's but the log's.</summary>
    public bool IsCast { get; init; }

    /// <summary>The trace of its handling, where somebody listens.</summary>
    public Activity? Handling { get; set; }

    /// <summary>When its handling began, where that is measured; else 0.</summary>
    public long Begun { get; set; }

    public Exception? Error => _error;

    public void Reply(object? reply) => _reply = reply;

    public void Fail(Exception error) => _error = error;

    /// <summary>Gives the answer to whoever waits. Inline only when the process is free: a waiter's code runs on this thread.</summary>
    public void Complete(bool inline)
    {
        if (inline)
            TryComplete();
        else
            ThreadPool.UnsafeQueueUserWorkItem(CompleteNow, this, preferLocal: true);
    }

    private void TryComplete()
    {
        if (_error is null)
            TrySetResult(_reply);
        else if (TrySetException(_error))
            _ = Task.Exception; // observed: a cast's failure is logged, a call's is its caller's to look at
    }
}
