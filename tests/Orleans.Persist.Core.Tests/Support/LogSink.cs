using System.Text;
using Orleans.Persist.Journal;
using Orleans.Persist.Sources;

namespace Orleans.Persist.Core.Tests.Support;

/// <summary>A sink that keeps every payload it is given, so that order, gaps and duplicates show.</summary>
public sealed class LogSink(string name) : EventSink<LogState>
{
    private readonly Lock _lock = new();
    private readonly List<(long Version, TaskCompletionSource Reached)> _waiters = [];
    private long _version;

    public override string Name => name;

    public override string StateType => Typed ?? base.StateType;

    /// <summary>Another name for the state's type.</summary>
    public string? Typed { get; init; }

    /// <summary>Runs before an event is applied.</summary>
    public Func<RecordedEvent, Task>? BeforeApply { get; set; }

    /// <summary>Runs before a state is captured.</summary>
    public Action? BeforeSerialize { get; set; }

    /// <summary>The state it has now; looked at by tests when it is at rest.</summary>
    public LogState State { get; private set; } = new();

    /// <summary>The version its imported state covered, -1 before the import.</summary>
    public long Imported { get; private set; } = -1;

    /// <summary>How many payloads the imported state had.</summary>
    public int ImportedCount { get; private set; }

    /// <summary>How many events it was given since it was started.</summary>
    public int Given { get; private set; }

    public Task ReachedAsync(long version)
    {
        lock (_lock)
        {
            if (_version >= version)
                return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((version, reached));
            return reached.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    protected internal override ValueTask OnImportedAsync(LogState state, long version, CancellationToken cancellationToken)
    {
        (State, Imported, ImportedCount) = (state, version, state.Applied.Count);
        Reach(version);
        return default;
    }

    protected internal override async ValueTask ApplyAsync(LogState state, RecordedEvent @event, CancellationToken cancellationToken)
    {
        if (BeforeApply is { } before)
            await before(@event);
        state.Applied.Add(Encoding.UTF8.GetString(@event.Data.Span));
        Given++;
        Reach(@event.Version);
    }

    protected internal override ReadOnlyMemory<byte> Serialize(LogState state)
    {
        BeforeSerialize?.Invoke();
        return base.Serialize(state);
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
}
