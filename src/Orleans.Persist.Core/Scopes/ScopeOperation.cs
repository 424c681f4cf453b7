using System.Threading.Tasks.Sources;

namespace Orleans.Persist.Scopes;

/// <summary>A save or a delete on its way to the journal, or the question whether the stream still has this writer only; and the task of whoever waits for it.</summary>
/// <param name="location">The location.</param>
/// <param name="value">The value of a save.</param>
/// <param name="hash">The location's hash.</param>
/// <param name="expires">When the value expires, in milliseconds since 1970; 0 for a delete, below for the question.</param>
internal sealed class ScopeOperation(byte[] location, byte[]? value, int hash, long expires) : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private int _ended;

    public byte[] Location { get; } = location;

    public byte[]? Value { get; } = value;

    /// <summary>How many bytes it brings to the journal, about.</summary>
    public int Length => Location.Length + (Value?.Length ?? 0);

    public int Hash { get; } = hash;

    public long Expires { get; } = expires;

    public bool IsSave => Expires > 0;

    public bool IsDelete => Expires == 0;

    /// <summary>Whether its caller no longer waits. Before it is written, that means that it need not happen.</summary>
    public bool IsEnded => Volatile.Read(ref _ended) != 0;

    public ValueTask Task => new(this, _core.Version);

    /// <summary>Ends the wait when the token is cancelled. Before the operation is handed on.</summary>
    public void CancelWith(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
            _cancellation = cancellationToken.UnsafeRegister(static (operation, token) => ((ScopeOperation)operation!).Fail(new OperationCanceledException(token)), this);
    }

    /// <summary>Asks whether the stream still has this writer only.</summary>
    public static ScopeOperation Question() => new([], null, 0, expires: -1);

    public void Complete()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
            return;
        _cancellation.Unregister();
        _core.SetResult(true);
    }

    public void Fail(Exception error)
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
            return;
        _cancellation.Unregister();
        _core.SetException(error);
    }

    public void GetResult(short token) => _core.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
