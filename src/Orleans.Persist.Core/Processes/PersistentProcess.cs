namespace Orleans.Persist.Processes;

/// <summary>A process whose commands persist events, and whose state is their fold (requirements p.1 to p.14).</summary>
/// <remarks>
/// <para>A command's events are stored in one append when its handler returns or awaits: in order, all or none. Only then are they applied, subscribers see them, and the caller has its reply; other messages wait meanwhile (p.3).</para>
/// <para>If storing fails, the caller gets the error and the process stops; its next message recovers it. What a handler changes other than by events is lost.</para>
/// </remarks>
/// <typeparam name="TState">The state: changed by <see cref="Apply"/> only.</typeparam>
/// <typeparam name="TEvent">The common type of the events.</typeparam>
public abstract class PersistentProcess<TState, TEvent> : Process, IProcessBehavior<TState, TEvent>
    where TEvent : notnull
{
    internal ProcessKernel<TState, TEvent> Kernel { get; set; } = null!;

    /// <summary>The state as of <see cref="Process.Version"/>.</summary>
    protected TState State => Kernel.State;

    /// <summary>Handles a command, from a call or a cast. The result is a call's reply; whoever casts does not get it.</summary>
    protected abstract ValueTask<object?> HandleAsync(object command);

    /// <summary>The state after an event, live and in a recovery. It must depend on nothing else.</summary>
    protected abstract TState Apply(TState state, TEvent @event);

    /// <summary>The state before the first event: what the parameterless constructor makes.</summary>
    protected virtual TState CreateState() => Activator.CreateInstance<TState>();

    /// <summary>Called with each event and its version after it is durable and applied, never in a recovery (p.4): to forward it, or to persist more, which comes after the whole batch (p.6).</summary>
    protected virtual void OnEvent(TEvent @event, long version)
    {
    }

    /// <summary>The state after an event in a recovery (p.10), where that is to differ from <see cref="Apply"/>.</summary>
    protected virtual TState Recover(TState state, TEvent @event) => Apply(state, @event);

    /// <summary>The state to go on from, given that of a snapshot (p.10).</summary>
    protected virtual TState RecoverSnapshot(TState snapshot, long version) => snapshot;

    /// <summary>Persists an event with the other events of this turn.</summary>
    /// <returns>Completes once it is durable and applied. Need not be awaited.</returns>
    protected Task Persist(TEvent @event) => Kernel.Persist(@event);

    /// <summary>Persists several events, all or none (p.7).</summary>
    /// <inheritdoc cref="Persist"/>
    protected Task PersistAll(params IEnumerable<TEvent> events) => Kernel.PersistAll(events);

    TState IProcessBehavior<TState, TEvent>.CreateState() => CreateState();

    TState IProcessBehavior<TState, TEvent>.Apply(TState state, TEvent @event, TurnContext turn) => turn.IsReplaying ? Recover(state, @event) : Apply(state, @event);

    TState IProcessBehavior<TState, TEvent>.RecoverSnapshot(TState snapshot, long version) => RecoverSnapshot(snapshot, version);

    internal ValueTask<object?> HandleCommandAsync(object command) => HandleAsync(command);

    internal void Happened(TEvent @event, long version) => OnEvent(@event, version);
}
