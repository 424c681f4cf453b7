using Orleans.Persist.Journal;
using Orleans.Persist.Projections;

namespace Orleans.Persist.SiloHost.Sinks;

/// <summary>The fold of a sink as a projection: its state at any point in time.</summary>
/// <param name="sink">The sink; only its fold is used.</param>
/// <param name="snapshotEvery">After so many events a snapshot is kept; more where the state grows with the events.</param>
internal sealed class HostProjection<TState>(HostSink<TState> sink, int snapshotEvery) : Projection<TState>
    where TState : class, new()
{
    /// <inheritdoc/>
    public override string Name => sink.Name;

    /// <inheritdoc/>
    public override int SnapshotEvery => snapshotEvery;

    /// <inheritdoc/>
    protected override TState Create() => new();

    /// <inheritdoc/>
    protected override TState Apply(TState state, RecordedEvent @event)
    {
        sink.Apply(state, @event);
        return state;
    }
}
