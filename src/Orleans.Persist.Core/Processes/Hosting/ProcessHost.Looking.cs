using System.Runtime.CompilerServices;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Processes;

/// <content>Looking at processes: subscribers, states of the past, the replay check.</content>
public sealed partial class ProcessHost
{
    /// <summary>Gives each event of a process once, after it is durable, in order: history from a version on, and then live, with no seam (requirements p.5, p.14).</summary>
    /// <typeparam name="TEvent">The common type of its events, or messages.</typeparam>
    public IAsyncEnumerable<ProcessEvent<TEvent>> SubscribeAsync<TEvent>(ProcessId id, long fromVersion = 1, EventFilter? filter = null, CancellationToken cancellationToken = default)
        where TEvent : notnull =>
        DecodeAsync<TEvent>(id.Type, Storage.Journal.SubscribeAsync(id.Stream, fromVersion, filter, cancellationToken), cancellationToken);

    /// <summary>Reads the events of a process that are durable now (requirements p.13, p.14).</summary>
    /// <inheritdoc cref="SubscribeAsync"/>
    public IAsyncEnumerable<ProcessEvent<TEvent>> ReadAsync<TEvent>(ProcessId id, ReadRequest? request = null, CancellationToken cancellationToken = default)
        where TEvent : notnull =>
        DecodeAsync<TEvent>(id.Type, Storage.Journal.ReadAsync(id.Stream, request ?? ReadRequest.All, cancellationToken), cancellationToken);

    /// <summary>The state of a process as of a version or time, rebuilt beside the running one (requirements s.9, p.10).</summary>
    /// <typeparam name="TState">The state's type.</typeparam>
    /// <exception cref="ArgumentException">Processes of this type have another kind of state.</exception>
    /// <exception cref="HistoryTruncatedException">That far back nothing is kept.</exception>
    public async ValueTask<PastState<TState>> GetStateAsync<TState>(ProcessId id, RecoveryOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (Definition(id.Type) is not IStatefulDefinition<TState> definition)
            throw new ArgumentException($"Processes of type '{id.Type}' have no state of type {typeof(TState)}.");
        return await definition.GetStateAsync(this, id, options ?? RecoveryOptions.Latest, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The state of a process as it is in memory now, activated if need be: the object itself, to be read at once and not to be changed.</summary>
    /// <typeparam name="TState">The state's type.</typeparam>
    /// <exception cref="ArgumentException">Processes of this type have another kind of state.</exception>
    public async Task<PastState<TState>> GetActiveStateAsync<TState>(ProcessId id, CancellationToken cancellationToken = default)
    {
        if (Definition(id.Type) is not IStatefulDefinition<TState> definition)
            throw new ArgumentException($"Processes of type '{id.Type}' have no state of type {typeof(TState)}.");
        var look = new Envelope(EnvelopeKind.Look, (Func<object, object?>)definition.Look, Time.GetUtcNow());
        await PostAsync(id, look, cancellationToken).ConfigureAwait(false);
        return (PastState<TState>)(await look.Task.WaitAsync(cancellationToken).ConfigureAwait(false))!;
    }

    /// <summary>Runs the stored messages of a journaled process through its handler again, from the first one, and reports the first that draws or sends something else than it did (requirement m.9).</summary>
    /// <returns>What is wrong, or null where all is well.</returns>
    public async ValueTask<Exception?> CheckReplayAsync(ProcessId id, CancellationToken cancellationToken = default)
    {
        try
        {
            await Definition(id.Type).ReplayAsync(this, id, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (e is ReplayDivergedException or PoisonEventException)
        {
            return e;
        }
    }

    private async IAsyncEnumerable<ProcessEvent<TEvent>> DecodeAsync<TEvent>(string type, IAsyncEnumerable<RecordedEvent> source, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TEvent : notnull
    {
        if (Definition(type) is not IEventDefinition<TEvent> definition)
            throw new ArgumentException($"Processes of type '{type}' have no events of type {typeof(TEvent)}.");
        var events = new List<TEvent>();
        await foreach (var recorded in source.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (recorded.Type[0] == '$')
                continue;
            events.Clear();
            definition.Events.FromJournal(recorded, events);
            foreach (var @event in events)
                yield return new ProcessEvent<TEvent>(recorded.Version, recorded.Time, @event, recorded);
        }
    }
}
