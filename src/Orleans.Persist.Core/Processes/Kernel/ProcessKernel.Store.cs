using System.Buffers;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Processes;

/// <content>Storing events in one append and applying them. Whoever keeps a queue of its own (a log view) encodes when an event is raised and stores when it likes.</content>
public sealed partial class ProcessKernel<TState, TEvent>
{
    /// <summary>The type of an entry that is a whole state, see <see cref="ImportStateAsync"/>.</summary>
    public const string StateType = "$state";

    /// <summary>Encodes an event for <see cref="StoreAsync(ReadOnlyMemory{EventData}, IReadOnlyList{TEvent}, bool, CancellationToken)"/>.</summary>
    /// <param name="event">The event.</param>
    /// <param name="time">Its time.</param>
    /// <param name="buffer">Where its payload goes; to be left alone until it is stored.</param>
    /// <param name="stored">The event as it will be read back: after the transforms.</param>
    /// <exception cref="ArgumentException">Its type is not registered. What else is thrown is the codec's.</exception>
    public EventData Encode(TEvent @event, DateTimeOffset time, ArrayBufferWriter<byte> buffer, out TEvent stored) =>
        _options.Events.ToJournal(@event, new EventStamp { Time = time, Metadata = TraceMetadata() }, buffer, out stored);

    /// <summary>Stores encoded events in one append, and applies them.</summary>
    /// <param name="data">What is stored.</param>
    /// <param name="events">The same events, to apply.</param>
    /// <param name="inDoubt">Whether the very same events were tried before and got no answer (<see cref="JournalUnavailableException"/>). If they turn out to be there, this succeeds.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="VersionConflictException">Another writer has appended. Nothing was stored; <see cref="CatchUpAsync"/>, and try again.</exception>
    /// <exception cref="PoisonEventException">They are stored, but one cannot be applied.</exception>
    /// <exception cref="JournalException">It could not be stored, or nobody knows.</exception>
    public async ValueTask StoreAsync(ReadOnlyMemory<EventData> data, IReadOnlyList<TEvent> events, bool inDoubt = false, CancellationToken cancellationToken = default)
    {
        if (!(inDoubt && _intact))
            ThrowIfNotRecovered();
        try
        {
            await StoreAsync(data, events, null, inDoubt, cancellationToken).ConfigureAwait(true);
        }
        catch
        {
            IsRecovered = _withinTurn = false;
            throw;
        }

        IsRecovered = true;
        SnapshotIfDue();
    }

    /// <summary>Begins the stream with a state that was kept elsewhere, as its first entry. It is no event: it is not read as one.</summary>
    /// <exception cref="VersionConflictException">The stream has events.</exception>
    public async ValueTask ImportStateAsync(TState state, CancellationToken cancellationToken = default)
    {
        ThrowIfNotRecovered();
        var payload = new ArrayBufferWriter<byte>();
        _options.State.Write(state, payload);
        var data = new EventData { Type = StateType, Subject = _options.State.Type, SchemaVersion = _options.State.SchemaVersion, Data = payload.WrittenMemory, Time = _services.Time.GetUtcNow() };
        await StoreAsync(new[] { data }, [], inDoubt: false, cancellationToken).ConfigureAwait(true);
        State = state;
    }

    private async ValueTask StoreAsync(ReadOnlyMemory<EventData> data, IReadOnlyList<TEvent> events, SendOrigin? origin, bool inDoubt, CancellationToken cancellationToken)
    {
        var result = await AppendAsync(data, inDoubt, cancellationToken).ConfigureAwait(true);
        Stored(result, origin, data.Span);
        var version = result.FirstVersion;
        _withinTurn = true;
        for (var i = 0; i < events.Count; i++)
        {
            ApplyLive(events[i], version, data.Span[i].Time ?? result.Recorded);
            Version = version++;
            Persisted?.Invoke(events[i], Version);
        }

        Version = result.LastVersion;
        EndTurn();
    }
}
