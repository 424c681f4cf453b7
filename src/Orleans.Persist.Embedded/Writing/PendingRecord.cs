using System.Threading.Tasks.Sources;
using Orleans.Persist.Embedded.Streams;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Embedded.Writing;

/// <summary>A record on its way to the disk, and the task of whoever waits for it. Used again once its result was taken.</summary>
internal sealed class PendingRecord : IValueTaskSource<AppendResult>
{
    private const int PoolSize = 256;

    [ThreadStatic]
    private static Stack<PendingRecord>? _pool;

    private ManualResetValueTaskSourceCore<AppendResult> _core = new() { RunContinuationsAsynchronously = true };

    public StreamEntry Entry { get; set; } = null!;

    /// <summary>Where the record begins in its group's buffer.</summary>
    public int Offset { get; set; }

    /// <summary>The version under which the record is indexed.</summary>
    public long Version { get; set; }

    /// <summary>The stream's head once the record is durable.</summary>
    public HeadState After { get; set; }

    /// <summary>The producer's key in the index, or 0.</summary>
    public ulong ProducerKey { get; set; }

    public AppendResult Result { get; set; }

    public ValueTask<AppendResult> Task => new(this, _core.Version);

    public static PendingRecord Rent() => _pool is { } pool && pool.TryPop(out var record) ? record : new PendingRecord();

    public void Complete() => _core.SetResult(Result);

    public void Fail(Exception exception) => _core.SetException(exception);

    public AppendResult GetResult(short token)
    {
        // Throws for a task that was awaited before. Neither that one nor one that is still on its way may go to the pool: another append would get its answer.
        if (_core.GetStatus(token) is ValueTaskSourceStatus.Pending)
            throw new InvalidOperationException("The append has not completed: await it.");
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            _core.Reset();
            (Entry, ProducerKey) = (null!, 0);
            var pool = _pool ??= new Stack<PendingRecord>();
            if (pool.Count < PoolSize)
                pool.Push(this);
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
