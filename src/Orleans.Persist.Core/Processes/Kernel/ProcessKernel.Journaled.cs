using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Processes;

/// <content>A message is the event: stored once its handler has run, with a digest of what it drew and sent (requirements m.1, m.9).</content>
public sealed partial class ProcessKernel<TState, TEvent>
{
    private readonly EventData[] _one = new EventData[1];
    private TState? _before;
    private bool _adapted;

    /// <summary>Begins the turn of a message that is stored after its handler has run.</summary>
    /// <returns>The message to handle and to commit: after the adapters to the journal, so what a rebuild will handle.</returns>
    public TEvent BeginMessage(TEvent message, DateTimeOffset arrival)
    {
        BeginMessage(arrival);
        var adapted = _options.Events.Transformed(message);
        _adapted = true;
        return adapted;
    }

    /// <summary>Begins the turn of a message that is stored after its handler has run.</summary>
    public void BeginMessage(DateTimeOffset arrival)
    {
        ThrowIfNotRecovered();
        _adapted = false;
        _withinTurn = true;
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
        AppendResult result;
        try
        {
            if (HasEffects && BeforeSends is { } before)
                await before().ConfigureAwait(true);
            try
            {
                result = await BeginCommit(message, origin, timer, cancellationToken).ConfigureAwait(true);
            }
            catch (JournalUnavailableException e)
            {
                result = await SettleCommitAsync(e, cancellationToken).ConfigureAwait(true);
            }
        }
        catch (Exception e)
        {
            var told = Told(e);
            FailCommit();
            if (!ReferenceEquals(told, e))
                throw told;
            throw;
        }

        EndCommit(result, origin, timer);
    }

    /// <summary>Whether the turn has sent something or set a timer.</summary>
    internal bool HasEffects => Turn.Sends.Count > 0 || Turn.Timers.Count > 0;

    internal ValueTask<AppendResult> BeginCommit(TEvent message, SendOrigin? origin, string? timer, CancellationToken cancellationToken)
    {
        _payloads.ResetWrittenCount();
        var stamp = new EventStamp { Time = Turn.Now, Metadata = TraceMetadata(), Kernel = Record(origin, Turn.Digest, timer) };
        _one[0] = _adapted ? _options.Events.Encode(message, stamp, _payloads) : _options.Events.ToJournal(message, stamp, _payloads);
        return _services.Storage.Journal.AppendAsync(Stream, ExpectedVersion.Exactly(Version, Incarnation), _one, null, BeginLimit(cancellationToken));
    }

    /// <summary>Finds out what became of an append whose answer got lost.</summary>
    internal ValueTask<AppendResult> SettleCommitAsync(JournalUnavailableException first, CancellationToken cancellationToken) => SettleAsync(_one, first, cancellationToken);

    internal void EndCommit(in AppendResult result, SendOrigin? origin, string? timer)
    {
        EndLimit();
        if (timer is not null)
            _memory.Fired(timer, Turn.Now);
        if (Turn.Timers.Count > 0)
            _memory.Change(Turn.Timers);
        Stored(result, origin, _one);
        Version = result.LastVersion;
        EndTurn();
        SnapshotIfDue();
    }

    internal void FailCommit()
    {
        Invalidate();
        DropPending(new OperationCanceledException());
    }
}
