using Orleans.Persist.Journal;

namespace Orleans.Persist.Embedded.Streams;

/// <summary>Wakes those that wait for a stream, or the journal, to grow. Guarded by the writer's gate.</summary>
internal sealed class AppendSignals
{
    private readonly Dictionary<string, TaskCompletionSource<StreamHead>> _streams = new(StringComparer.Ordinal);
    private TaskCompletionSource? _journal;

    /// <summary>Completes with the stream's head at its next change.</summary>
    public Task<StreamHead> WaitFor(string stream)
    {
        if (!_streams.TryGetValue(stream, out var signal))
            _streams[stream] = signal = new TaskCompletionSource<StreamHead>(TaskCreationOptions.RunContinuationsAsynchronously);
        return signal.Task;
    }

    /// <summary>Completes at the journal's next change.</summary>
    public Task WaitForAny() => (_journal ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void Changed(StreamEntry entry)
    {
        if (_streams.Count > 0 && _streams.Remove(entry.Name, out var signal))
            signal.SetResult(entry.Durable.ToHead(entry.Name));
    }

    public void Changed()
    {
        (var journal, _journal) = (_journal, null);
        journal?.SetResult();
    }

    /// <summary>Fails all that wait, because the journal is closed.</summary>
    public void Close(Exception exception)
    {
        foreach (var signal in _streams.Values)
            signal.TrySetException(exception);
        _streams.Clear();
        _journal?.TrySetException(exception);
    }
}
