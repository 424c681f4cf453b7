namespace Orleans.Persist.Processes;

/// <summary>An actor that is rebuilt from its messages (requirements m.1 to m.9): each is handled, then stored with its arrival time and a digest of what it drew and sent; only then do its sends and its reply go out.</summary>
/// <remarks>
/// <para>The handler must be deterministic: time, random numbers, GUIDs and sends from the members of <see cref="Process"/>, nothing else from outside. A rebuild that differs is detected.</para>
/// <para>A handler that throws stores nothing, and the state is as before. Unless <see cref="KernelOptions{TState,TEvent}.ImmutableState"/> is set that costs a recovery: to refuse a message, reply.</para>
/// </remarks>
/// <typeparam name="TState">The state; the handler changes or replaces it.</typeparam>
/// <typeparam name="TMessage">The common type of the messages.</typeparam>
[Journaled]
public abstract class JournaledProcess<TState, TMessage> : Process, IProcessBehavior<TState, TMessage>
    where TMessage : notnull
{
    internal ProcessKernel<TState, TMessage> Kernel { get; set; } = null!;

    /// <summary>The state as of the messages handled so far.</summary>
    protected TState State
    {
        get => Kernel.State;
        set => Kernel.State = value;
    }

    /// <summary>Handles a message, live and in a rebuild alike. The result is a call's reply.</summary>
    protected abstract object? Handle(TMessage message);

    /// <summary>The state before the first message: what the parameterless constructor makes.</summary>
    protected virtual TState CreateState() => Activator.CreateInstance<TState>();

    /// <summary>The state to go on from, given that of a snapshot.</summary>
    protected virtual TState RecoverSnapshot(TState snapshot, long version) => snapshot;

    TState IProcessBehavior<TState, TMessage>.CreateState() => CreateState();

    TState IProcessBehavior<TState, TMessage>.Apply(TState state, TMessage @event, TurnContext turn)
    {
        Handle(@event);
        return Kernel.State;
    }

    TState IProcessBehavior<TState, TMessage>.RecoverSnapshot(TState snapshot, long version) => RecoverSnapshot(snapshot, version);

    internal object? HandleMessage(TMessage message) => Handle(message);
}
