using System.Diagnostics.CodeAnalysis;
using Orleans.Persist.Journal;
using Orleans.Persist.Processes;
using Orleans.Persist.Serialization;
using Orleans.Runtime;

namespace Orleans.Persist.Grains;

/// <summary>A grain whose calls persist events, and whose state is their fold (requirement o.3).</summary>
/// <remarks>
/// <para>A call's events are stored in one append when its handler awaits or ends: in order, all or none. Only then are they applied, subscribers see them and the caller has its answer;
/// other calls wait meanwhile, unless the grain is reentrant or the method interleaves.</para>
/// <para>If storing fails, the caller gets the error and the grain is deactivated: memory is never ahead of the journal. Another activation that has written is such a failure (<see cref="VersionConflictException"/>).</para>
/// <para>The stream of its events is its grain id, <c>type/key</c>.</para>
/// </remarks>
/// <typeparam name="TState">The state: changed by <see cref="Apply"/> only.</typeparam>
/// <typeparam name="TEvent">The common type of the events.</typeparam>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Its life ends with the activation; the token source has no timer.")]
public abstract partial class PersistentGrain<TState, TEvent> : Grain, IProcessBehavior<TState, TEvent>
    where TEvent : notnull
{
    /// <summary>The state as of <see cref="Version"/>. Not to be changed other than by events.</summary>
    protected TState State => Kernel.State;

    /// <summary>The version of the newest event in <see cref="State"/>; 0 before the first.</summary>
    protected long Version => Kernel.Version;

    /// <summary>The name of the stream of its events.</summary>
    protected string Stream => Kernel.Stream;

    /// <summary>Whether stored events are being applied again.</summary>
    protected bool IsReplaying => Turn.IsReplaying;

    /// <summary>The arrival time of the call being handled, or the time of the event being applied. The same in a rebuild.</summary>
    protected DateTimeOffset Now => Turn.Now;

    /// <summary><see cref="Now"/> as a clock.</summary>
    protected TimeProvider TimeProvider => Turn.TimeProvider;

    /// <summary>Random numbers keyed by grain id, incarnation and version (requirement m.4). What a call draws belongs into its events.</summary>
    protected Random Random => Turn.Random;

    /// <summary>A new GUID from <see cref="Random"/>.</summary>
    protected Guid NewGuid() => Turn.NewGuid();

    /// <summary>The state after an event, live and in a recovery. It must depend on nothing else.</summary>
    protected abstract TState Apply(TState state, TEvent @event);

    /// <summary>The state before the first event: what the parameterless constructor makes.</summary>
    protected virtual TState CreateState() => Activator.CreateInstance<TState>();

    /// <summary>The state to go on from, given that of a snapshot.</summary>
    protected virtual TState RecoverSnapshot(TState snapshot, long version) => snapshot;

    /// <summary>Called with each event and its version after it is durable and applied, never in a recovery: to forward it, or to persist more, which comes after the whole batch.</summary>
    protected virtual void OnEvent(TEvent @event, long version)
    {
    }

    /// <summary>Handles a message that another persistent grain sent (<see cref="Send(GrainId, object)"/>). It takes effect once. What it throws has it delivered again, a limited number of times.</summary>
    protected virtual Task OnMessage(object message) =>
        throw new NotSupportedException($"{GetType().Name} takes no messages; override {nameof(OnMessage)}. This one is a {message?.GetType()}.");

    /// <summary>Names, tags and adapters of the events. Called once for each class of grains on a silo; types that are not registered are stored by Orleans' serializer under their alias or CLR name.</summary>
    protected virtual void ConfigureEvents(EventTypesBuilder<TEvent> events)
    {
    }

    /// <summary>How grains of this class are kept: snapshots, truncation, policies, codecs. Called once for each class of grains on a silo.</summary>
    protected virtual KernelOptions<TState, TEvent> Configure(KernelOptions<TState, TEvent> options) => options;

    /// <summary>Persists an event with the other events of this turn.</summary>
    /// <returns>Completes once it is durable and applied. Need not be awaited: the call is answered after that anyway.</returns>
    /// <exception cref="JournalException">It could not be stored.</exception>
    protected Task Persist(TEvent @event) => Kernel.Persist(@event);

    /// <summary>Persists several events, all or none.</summary>
    /// <inheritdoc cref="Persist"/>
    protected Task PersistAll(params IEnumerable<TEvent> events) => Kernel.PersistAll(events);

    /// <summary>Stores the state as of now in a snapshot, and completes once that is durable.</summary>
    protected Task SaveSnapshot(CancellationToken cancellationToken = default) => Kernel.SaveSnapshotAsync(cancellationToken);

    /// <summary>Removes the events below a version, as far as a snapshot covers them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No readable snapshot covers them.</exception>
    protected async Task TruncateHistory(long beforeVersion, CancellationToken cancellationToken = default) =>
        await Kernel.TruncateAsync(beforeVersion, cancellationToken).ConfigureAwait(true);

    /// <summary>Removes all events and snapshots: version 0 of a new incarnation.</summary>
    /// <exception cref="VersionConflictException">Another activation has appended.</exception>
    protected async Task Clear(CancellationToken cancellationToken = default)
    {
        await CompleteAsync().ConfigureAwait(true);
        await Kernel.ClearAsync(cancellationToken).ConfigureAwait(true);
        BeginTurn();
    }

    TState IProcessBehavior<TState, TEvent>.CreateState() => CreateState();

    TState IProcessBehavior<TState, TEvent>.RecoverSnapshot(TState snapshot, long version) => RecoverSnapshot(snapshot, version);

    TState IProcessBehavior<TState, TEvent>.Apply(TState state, TEvent @event, TurnContext turn)
    {
        var before = _applying;
        _applying = turn;
        try
        {
            return Apply(state, @event);
        }
        finally
        {
            _applying = before;
        }
    }
}
