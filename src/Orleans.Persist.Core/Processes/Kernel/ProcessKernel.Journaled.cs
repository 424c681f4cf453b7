using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Processes;

/// <content>A message is the event: stored once its handler has run, with a digest of what it drew and sent (requirements m.1, m.9).</content>
public sealed partial class ProcessKernel<TState, TEvent>
{
    private readonly EventData[] _one = new EventData[1];
    private TState? _before;

    /// <summary>Begins the turn of a message that is stored after its handler has run.</summary>
    public void BeginMessage(DateTimeOffset arrival)
    {
        ThrowIfNotRecovered();
        if (_options.ImmutableState)
            _before = State;
        Turn.Begin(Incarnation, Version + 1, arrival, replaying: false);
    }

    /// <summary>The handler threw: nothing is stored, and the state is as before (requirement m.9).</summary>
    public void AbandonMessage()
    {
        DropPending(new OperationCanceledException());
        if (_options.ImmutableState)
            State = _before!;
        else
            Invalidate(); // the handler may have changed the state before it threw
    }

    /// <summary>Stores the message that was handled; then its sends and its reply may go.</summary>
    /// <exception cref="JournalException">It could not be stored: its effects are to be dropped, and the process recovers.</exception>
    public async ValueTask CommitMessageAsync(TEvent message, SendOrigin? origin = null, string? timer = null, CancellationToken cancellationToken = default)
    {
        try
        {
            if ((Turn.Sends.Count > 0 || Turn.Timers.Count > 0) && BeforeSends is { } before)
                await before().ConfigureAwait(true);
            _payloads.ResetWrittenCount();
            var stamp = new EventStamp { Time = Turn.Now, Metadata = TraceMetadata(), Kernel = Record(origin, Turn.Digest, timer) };
            _one[0] = _options.Events.ToJournal(message, stamp, _payloads);
            var result = await AppendAsync(_one, inDoubt: false, cancellationToken).ConfigureAwait(true);
            if (timer is not null)
                _memory.Fired(timer);
            if (Turn.Timers.Count > 0)
                _memory.Change(Turn.Timers);
            Stored(result, origin, _one);
            Version = result.LastVersion;
        }
        catch
        {
            Invalidate();
            DropPending(new OperationCanceledException());
            throw;
        }

        SnapshotIfDue();
    }
}
