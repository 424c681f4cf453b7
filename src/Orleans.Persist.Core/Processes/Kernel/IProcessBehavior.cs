namespace Orleans.Persist.Processes;

/// <summary>What the kernel asks of the process it keeps: how its state is made and folded.</summary>
/// <typeparam name="TState">The state.</typeparam>
/// <typeparam name="TEvent">The common type of its events, or of its journaled messages.</typeparam>
public interface IProcessBehavior<TState, in TEvent>
{
    /// <summary>The state before the first event.</summary>
    TState CreateState();

    /// <summary>The state after an event. Its turn says whether this is a rebuild.</summary>
    TState Apply(TState state, TEvent @event, TurnContext turn);

    /// <summary>The state to go on from, given that of a snapshot; called in a recovery, before its events (requirement p.10).</summary>
    TState RecoverSnapshot(TState snapshot, long version) => snapshot;
}
