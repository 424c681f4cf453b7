using System.Diagnostics.CodeAnalysis;
using Orleans.Persist.Grains;
using Orleans.Persist.Journal;
using Orleans.Persist.Processes;
using Orleans.Persist.Serialization;
using Orleans.Runtime;

namespace Orleans.Persist.JournaledGrains;

/// <summary>A grain that is rebuilt from its calls (requirements m.1 to m.5, m.9, o.3): each call, message, reminder and timer is handled, then stored with its arrival time and a digest of what its handler drew, sent and called; only then do the answer and the sends go out. An activation handles what is stored again.</summary>
/// <remarks>
/// <para>Handlers must be deterministic: time, random numbers, GUIDs and sends from the members of this class, and nothing else from outside but the replies to grain calls, which are stored, and given again in a rebuild.
/// A handler that waits for anything else is refused. All that calls change belongs into <see cref="State"/>: a snapshot has nothing else.</para>
/// <para>A handler that throws stores nothing and the state is as before. Unless <see cref="KernelOptions{TState,TEvent}.ImmutableState"/> is set that costs the activation: to refuse a call, answer.
/// If a call cannot be stored, its caller gets the error and the grain is deactivated: memory is never ahead of the journal.</para>
/// <para>Methods marked <see cref="Orleans.Concurrency.ReadOnlyAttribute"/>, and those that return an <see cref="IAsyncEnumerable{T}"/>, are queries: they are not stored, must change nothing, and may wait for whatever they like.</para>
/// <para>The stream of its messages is its grain id, <c>type/key</c>.</para>
/// </remarks>
/// <typeparam name="TState">The state; handlers change or replace it.</typeparam>
[Journaled]
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Its life ends with the activation, which disposes its timer; the token source has none.")]
public abstract partial class MessageJournaledGrain<TState> : Grain, IProcessBehavior<TState, JournaledMessage>
{
    /// <summary>The state as of the messages handled so far.</summary>
    /// <exception cref="InvalidOperationException">It is replaced outside of a stored call, where that would be lost.</exception>
    protected TState State
    {
        get => Kernel.State;
        set
        {
            RequireTurn();
            Kernel.State = value;
        }
    }

    /// <summary>The version of the newest message in <see cref="State"/>; 0 before the first.</summary>
    protected long Version => Kernel.Version;

    /// <summary>The name of the stream of its messages.</summary>
    protected string Stream => Kernel.Stream;

    /// <summary>Whether stored messages are being handled again.</summary>
    protected bool IsReplaying => Kernel.Turn.IsReplaying;

    /// <summary>The arrival time of what is being handled (requirement m.3). The same in a rebuild.</summary>
    protected DateTimeOffset Now => Kernel.Turn.Now;

    /// <summary><see cref="Now"/> as a clock.</summary>
    protected TimeProvider TimeProvider => Kernel.Turn.TimeProvider;

    /// <summary>Random numbers that are the same in a rebuild (requirement m.4): keyed by grain id, incarnation and version.</summary>
    protected Random Random => Kernel.Turn.Random;

    /// <summary>How many messages were sent and not acknowledged yet.</summary>
    protected int UnacknowledgedSends => Kernel.UnacknowledgedSends;

    /// <summary>A new GUID that is the same in a rebuild.</summary>
    protected Guid NewGuid() => Kernel.Turn.NewGuid();

    /// <summary>Handles what another grain sent (<see cref="Send(GrainId, object)"/>) and what a timer of this one brings, live and in a rebuild alike. A message takes effect once. What it throws has it delivered again, a limited number of times.</summary>
    protected virtual Task OnMessage(object message) =>
        throw new NotSupportedException($"{GetType().Name} takes no messages; override {nameof(OnMessage)}. This one is a {message?.GetType()}.");

    /// <summary>The state before the first message: what the parameterless constructor makes.</summary>
    protected virtual TState CreateState() => Activator.CreateInstance<TState>();

    /// <summary>The state to go on from, given that of a snapshot.</summary>
    protected virtual TState RecoverSnapshot(TState snapshot, long version) => snapshot;

    /// <summary>Names and adapters of the stored messages: a method that was renamed is told here (<c>messages.Rename("IBank/Pay(System.Int32)", "IBank/Transfer(System.Int32)")</c>). Called once for each class of grains on a silo.</summary>
    protected virtual void ConfigureMessages(EventTypesBuilder<JournaledMessage> messages)
    {
    }

    /// <summary>How grains of this class are kept: snapshots, truncation, policies, codecs. Called once for each class of grains on a silo.</summary>
    protected virtual KernelOptions<TState, JournaledMessage> Configure(KernelOptions<TState, JournaledMessage> options) => options;

    /// <summary>Sends a message to another persistent or journaled grain, with this turn: stored with the call being handled, delivered after it is durable, taking effect once (requirement m.5).</summary>
    /// <param name="to">The receiver.</param>
    /// <param name="message">The message; Orleans must be able to serialize it.</param>
    /// <exception cref="ArgumentException">It cannot be serialized.</exception>
    /// <exception cref="InvalidOperationException">Nothing is being handled that is stored; or too many wait for their acknowledgement.</exception>
    protected void Send(GrainId to, object message)
    {
        RequireTurn();
        Kernel.Turn.Send(ProcessId.OfStream(to.ToString()), message);
    }

    /// <inheritdoc cref="Send(GrainId, object)"/>
    protected void Send(IAddressable to, object message) => Send(to.GetGrainId(), message);

    /// <summary>Has a message come to <see cref="OnMessage"/> when it is due, and every period after. A timer of the same name is replaced. Timers are stored: the next activation has them, and one that became due meanwhile fires then.</summary>
    /// <param name="name">The timer's name within the grain.</param>
    /// <param name="due">From now; not negative.</param>
    /// <param name="message">The message; Orleans must be able to serialize it.</param>
    /// <param name="period">Zero for once.</param>
    /// <exception cref="InvalidOperationException">Nothing is being handled that is stored.</exception>
    protected void SetTimer(string name, TimeSpan due, object message, TimeSpan period = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(message);
        ArgumentOutOfRangeException.ThrowIfLessThan(due, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(period, TimeSpan.Zero);
        RequireTurn();
        Kernel.Turn.Set(name, new ProcessTimer(name, Now + due, period, _services!.Messages.Of(message)));
    }

    /// <summary>Cancels a timer; nothing happens if there is none of this name.</summary>
    protected void CancelTimer(string name)
    {
        RequireTurn();
        Kernel.Turn.Set(name, null);
    }

    /// <summary>Stores the state in a snapshot: asked for by a stored call, as of the end of that call (not to be waited for in it); by a query, as of now.</summary>
    /// <returns>In a stored call, completes at once; in a query, once the snapshot is durable.</returns>
    protected Task SaveSnapshot()
    {
        var saved = Kernel.SaveSnapshotAsync();
        if (_turn is null)
            return saved;
        saved.Ignore(); // the kernel logs what is wrong with it
        return Task.CompletedTask;
    }

    /// <inheritdoc cref="Grain.DeactivateOnIdle"/>
    /// <remarks>A rebuild does not repeat it.</remarks>
    protected new void DeactivateOnIdle()
    {
        if (!IsReplaying)
            base.DeactivateOnIdle();
    }

    /// <inheritdoc cref="Grain.MigrateOnIdle"/>
    /// <remarks>A rebuild does not repeat it.</remarks>
    protected new void MigrateOnIdle()
    {
        if (!IsReplaying)
            base.MigrateOnIdle();
    }

    /// <summary>Removes the messages below a version, as far as a snapshot covers them. Only a query may wait for it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No readable snapshot covers them.</exception>
    protected async Task TruncateHistory(long beforeVersion, CancellationToken cancellationToken = default) =>
        await Kernel.TruncateAsync(beforeVersion, cancellationToken).ConfigureAwait(true);

    TState IProcessBehavior<TState, JournaledMessage>.CreateState() => CreateState();

    TState IProcessBehavior<TState, JournaledMessage>.RecoverSnapshot(TState snapshot, long version) => RecoverSnapshot(snapshot, version);
}
