using System.Diagnostics;
using Orleans.Persist.Diagnostics;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Processes;

/// <content>Commands persist events: collected in a turn, stored in one append, then applied (requirements p.2 to p.8).</content>
public sealed partial class ProcessKernel<TState, TEvent>
{
    private List<TEvent> _pending = [];
    private List<TEvent> _storing = [];
    private TaskCompletionSource? _batch;
    private SendOrigin? _origin;

    /// <summary>Whether something waits for <see cref="FlushAsync"/>.</summary>
    public bool HasPending => _pending.Count > 0 || Turn.Sends.Count > 0 || _origin is not null;

    /// <summary>Whether events wait for <see cref="FlushAsync"/>.</summary>
    public bool HasPersists => _pending.Count > 0;

    /// <summary>Called once for the first event that waits for <see cref="FlushAsync"/> after there was none.</summary>
    public Action? PendingBegun { get; set; }

    /// <summary>Called before an append that stores sends or sets timers: from then on the process has something to do by itself after a restart.</summary>
    public Func<ValueTask>? BeforeSends { get; set; }

    /// <summary>Called after an event is durable and applied, with its version. It may persist more, which comes after the whole batch (p.6), and send.</summary>
    public Action<TEvent, long>? Persisted { get; set; }

    /// <summary>Begins the turn of a command.</summary>
    /// <param name="arrival">When it arrived.</param>
    /// <param name="origin">Where it comes from, if a process sent it: stored with what it persists, so that it takes effect once.</param>
    public void BeginCommand(DateTimeOffset arrival, SendOrigin? origin = null)
    {
        ThrowIfNotRecovered();
        Turn.BeginCommand(Incarnation, Version, arrival);
        _origin = origin;
    }

    /// <summary>Adds an event to the batch of this turn.</summary>
    /// <returns>Completes once the batch is durable and applied; fails if it could not be stored.</returns>
    public Task Persist(TEvent @event)
    {
        ThrowIfNotRecovered();
        var begun = !HasPersists;
        _pending.Add(@event);
        return Begun(begun);
    }

    /// <summary>Adds several events to the batch of this turn: they are stored together or not at all (requirement p.7).</summary>
    /// <inheritdoc cref="Persist"/>
    public Task PersistAll(IEnumerable<TEvent> events)
    {
        ThrowIfNotRecovered();
        var begun = !HasPersists;
        _pending.AddRange(events);
        return _pending.Count == 0 ? Task.CompletedTask : Begun(begun);
    }

    /// <summary>Drops what the command has not had stored: its handler threw.</summary>
    public void AbandonCommand(Exception why) => DropPending(why);

    /// <summary>Stores what waits, in one append a batch, and applies it; then what that has persisted in turn, until nothing waits.</summary>
    /// <exception cref="VersionConflictException">Another writer has appended. Nothing of the batch was stored.</exception>
    /// <exception cref="JournalException">It could not be stored, or cannot be applied.</exception>
    public async ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        while (HasPending)
        {
            ThrowIfNotRecovered();
            (_storing, _pending) = (_pending, _storing);
            var batch = _batch;
            _batch = null;
            try
            {
                await StoreAsync(_storing, cancellationToken).ConfigureAwait(true);
            }
            catch (Exception e)
            {
                IsRecovered = false;
                _storing.Clear();
                batch?.TrySetException(e);
                DropPending(e);
                throw;
            }

            _storing.Clear();
            batch?.TrySetResult();
        }

        SnapshotIfDue();
    }

    private Task Begun(bool begun)
    {
        _batch ??= new TaskCompletionSource();
        var task = _batch.Task;
        if (begun)
            PendingBegun?.Invoke();
        return task;
    }

    private async ValueTask StoreAsync(List<TEvent> events, CancellationToken cancellationToken)
    {
        if (Turn.Sends.Count > 0 && BeforeSends is { } before)
            await before().ConfigureAwait(true);
        var data = new EventData[Math.Max(1, events.Count)];
        var now = Turn.Now;
        var origin = _origin;
        _origin = null;
        var metadata = TraceMetadata();
        _payloads.ResetWrittenCount();
        for (var i = 0; i < events.Count; i++)
        {
            var kernel = i == events.Count - 1 ? Record(origin, 0, null) : default;
            data[i] = _options.Events.ToJournal(events[i], new EventStamp { Time = now, Metadata = metadata, Kernel = kernel }, _payloads, out var stored);
            events[i] = stored; // what a replay will see
        }

        if (events.Count == 0)
            data[0] = new EventData { Type = MarkerType, Time = now, Metadata = metadata ?? EventData.EmptyMetadata, Kernel = Record(origin, 0, null) };
        await StoreAsync(data, events, origin, inDoubt: false, cancellationToken).ConfigureAwait(true);
    }

    private void ApplyLive(TEvent @event, long version, DateTimeOffset now)
    {
        Turn.BeginEvent(version, now);
        Turn.MaySend = false;
        try
        {
            State = _behavior.Apply(State, @event, Turn);
        }
        catch (Exception e)
        {
            _intact = false;
            throw new PoisonEventException(Stream, Incarnation, version, @event.GetType().Name, e);
        }
        finally
        {
            Turn.MaySend = true;
        }
    }

    /// <summary>Takes over what an append has stored: its sends, and that the acknowledgements in it need not be stored again.</summary>
    private void Stored(AppendResult result, SendOrigin? origin, ReadOnlySpan<EventData> events)
    {
        Incarnation = result.Incarnation;
        Position = result.LastPosition;
        LastRecorded = result.Recorded;
        _memory.Stored(result.Incarnation, result.LastVersion, origin, Turn.Sends);
        _changedMemory |= origin is not null || Turn.Sends.Count > 0;
        _memory.NewAcks.Clear();
        Turn.Sends.Clear();
        _eventsSinceSnapshot += events.Length;
        foreach (var data in events)
            _bytesSinceSnapshot += data.Data.Length;
        ProcessInstruments.OnPersisted(events.Length);
    }

    private ReadOnlyMemory<byte> Record(SendOrigin? origin, ulong digest, string? timer)
    {
        if (origin is null && digest == 0 && timer is null && Turn.Sends.Count == 0 && _memory.NewAcks.Count == 0)
            return default;
        _records.ResetWrittenCount();
        KernelRecord.Write(_records, origin, digest, Turn.Sends, _memory.NewAcks, timer);
        return _records.WrittenMemory;
    }

    private void DropPending(Exception why)
    {
        _pending.Clear();
        Turn.Sends.Clear();
        Turn.Timers.Clear();
        _origin = null;
        DropLimit();
        _batch?.TrySetException(why);
        _batch = null;
        _withinTurn = false;
        _wanted?.TrySetException(why);
        _wanted = null;
    }

    private static Dictionary<string, string>? TraceMetadata() =>
        Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } ? new(1, StringComparer.Ordinal) { [MetadataNames.TraceParent] = id } : null;
}
