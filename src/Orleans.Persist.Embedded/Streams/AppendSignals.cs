using Orleans.Persist.Journal;

namespace Orleans.Persist.Embedded.Streams;

/// <summary>Wakes those that wait for a stream, or the journal, to grow. Guarded by the writer's gate.</summary>
internal sealed class AppendSignals
{
    private readonly Dictionary<string, Signal> _streams = new(StringComparer.Ordinal);
    private TaskCompletionSource? _journal;

    /// <summary>How many streams are waited for.</summary>
    public int Count => _streams.Count;

    /// <summary>Completes with the stream's head at its next change. Whoever does not wait any longer calls <see cref="Forgo"/>.</summary>
    public Task<StreamHead> WaitFor(string stream)
    {
        if (!_streams.TryGetValue(stream, out var signal))
            _streams[stream] = signal = new Signal();
        signal.Waiting++;
        return signal.Source.Task;
    }

    /// <summary>Says that one who waited does not any longer. Nothing is kept for streams that nobody waits for: they may never change.</summary>
    public void Forgo(string stream, Task<StreamHead> waited)
    {
        if (_streams.TryGetValue(stream, out var signal) && signal.Source.Task == waited && --signal.Waiting == 0)
            _streams.Remove(stream);
    }

    /// <summary>Completes at the journal's next change.</summary>
    public Task WaitForAny() => (_journal ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void Changed(StreamEntry entry)
    {
        if (_streams.Count > 0 && _streams.Remove(entry.Name, out var signal))
            signal.Source.SetResult(entry.Durable.ToHead(entry.Name));
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
            signal.Source.TrySetException(exception);
        _streams.Clear();
        _journal?.TrySetException(exception);
    }

    private sealed class Signal
    {
        public TaskCompletionSource<StreamHead> Source { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Waiting { get; set; }
    }
}
