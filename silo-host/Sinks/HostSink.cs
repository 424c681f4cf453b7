using Orleans.Persist.Journal;
using Orleans.Persist.Sources;

namespace Orleans.Persist.SiloHost.Sinks;

/// <summary>A sink that only folds events into its state.</summary>
internal abstract class HostSink<TState> : EventSink<TState>
    where TState : class, new()
{
    /// <summary>The state, once the sink has been started. To be read when no events are on their way.</summary>
    public TState State { get; private set; } = new();

    /// <summary>Applies an event to the state.</summary>
    protected internal abstract void Apply(TState state, RecordedEvent @event);

    /// <inheritdoc/>
    protected override ValueTask ApplyAsync(TState state, RecordedEvent @event, CancellationToken cancellationToken)
    {
        Apply(state, @event);
        return default;
    }

    /// <inheritdoc/>
    protected override ValueTask OnImportedAsync(TState state, long version, CancellationToken cancellationToken)
    {
        State = state;
        return default;
    }
}
