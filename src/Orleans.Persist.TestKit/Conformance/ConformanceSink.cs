using System.Text;
using Orleans.Persist.Journal;
using Orleans.Persist.Sources;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>A sink whose state is every payload it was given, so that order, gaps and duplicates show.</summary>
internal sealed class ConformanceSink(string name) : EventSink<ConformanceSink.Log>
{
    private readonly Lock _lock = new();
    private readonly List<(long Version, TaskCompletionSource Reached)> _waiters = [];
    private long _version;

    public override string Name => name;

    /// <summary>The payloads; looked at when the sink is at rest.</summary>
    public IReadOnlyList<string> Applied { get; private set; } = [];

    /// <summary>The version its imported state covered, -1 before the import.</summary>
    public long Imported { get; private set; } = -1;

    /// <summary>How many payloads the imported state had.</summary>
    public int ImportedCount { get; private set; }

    /// <summary>How many events it was given since it was started.</summary>
    public int Given { get; private set; }

    public Task ReachedAsync(long version, CancellationToken limit)
    {
        lock (_lock)
        {
            if (_version >= version)
                return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((version, reached));
            return reached.Task.WaitAsync(limit);
        }
    }

    protected internal override ValueTask OnImportedAsync(Log state, long version, CancellationToken cancellationToken)
    {
        (Applied, Imported, ImportedCount) = (state.Payloads, version, state.Payloads.Count);
        Reach(version);
        return default;
    }

    protected internal override ValueTask ApplyAsync(Log state, RecordedEvent @event, CancellationToken cancellationToken)
    {
        state.Payloads.Add(Encoding.UTF8.GetString(@event.Data.Span));
        Given++;
        Reach(@event.Version);
        return default;
    }

    private void Reach(long version)
    {
        lock (_lock)
        {
            _version = version;
            foreach (var waiter in _waiters.Where(w => w.Version <= version))
                waiter.Reached.TrySetResult();
            _waiters.RemoveAll(w => w.Version <= version);
        }
    }

    /// <summary>The sink's application state.</summary>
    internal sealed class Log
    {
        public List<string> Payloads { get; set; } = [];
    }
}
