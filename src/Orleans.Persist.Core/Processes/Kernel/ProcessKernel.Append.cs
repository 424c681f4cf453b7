using Orleans.Persist.Diagnostics;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Processes;

/// <content>Appending, and what to do when the answer got lost.</content>
public sealed partial class ProcessKernel<TState, TEvent>
{
    /// <summary>The type of an event that says only what the kernel must remember: a message was handled that persisted nothing, or sent without persisting.</summary>
    public const string MarkerType = "$turn";

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(50);
    private CancellationTokenSource? _limit;
    private CancellationToken _limitedBy;
    private CancellationTokenRegistration _limitation;

    /// <summary>Appends at the version the process is at. A failure without an answer is settled by looking at what is there.</summary>
    /// <param name="events">The events.</param>
    /// <param name="inDoubt">Whether they were tried before and got no answer, so that they may be there.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    private ValueTask<AppendResult> AppendAsync(ReadOnlyMemory<EventData> events, bool inDoubt, CancellationToken cancellationToken)
    {
        var append = _services.Storage.Journal.AppendAsync(Stream, ExpectedVersion.Exactly(Version, Incarnation), events, null, BeginLimit(cancellationToken));
        if (!append.IsCompletedSuccessfully)
            return WaitAsync(append, events, inDoubt, cancellationToken);
        EndLimit();
        return append;
    }

    /// <summary>The token of an append that may take as long as <see cref="KernelOptions{TState,TEvent}.AppendTimeout"/>. One source serves many appends.</summary>
    private CancellationToken BeginLimit(CancellationToken cancellationToken)
    {
        if (_limit is { IsCancellationRequested: false } && cancellationToken == _limitedBy)
        {
            _limit.CancelAfter(_options.AppendTimeout);
            return _limit.Token;
        }

        DropLimit();
        _limit = new CancellationTokenSource(_options.AppendTimeout, _services.Time);
        _limitedBy = cancellationToken;
        _limitation = cancellationToken.UnsafeRegister(static limit => ((CancellationTokenSource)limit!).Cancel(), _limit);
        return _limit.Token;
    }

    private void EndLimit()
    {
        if (_limit?.TryReset() == false)
            DropLimit();
    }

    /// <summary>What to tell of an append that was cancelled: if not by whoever could, it took too long.</summary>
    internal Exception Told(Exception error) => error is OperationCanceledException && HasTimedOut ? TimedOut(error) : error;

    private bool HasTimedOut => _limit is { IsCancellationRequested: true } && !_limitedBy.IsCancellationRequested;

    private JournalUnavailableException TimedOut(Exception error) =>
        new($"An append to '{Stream}' had no answer for {_options.AppendTimeout}; it may have happened all the same.", error);

    private void DropLimit()
    {
        _limitation.Dispose();
        _limit?.Dispose();
        _limit = null;
    }

    private async ValueTask<AppendResult> WaitAsync(ValueTask<AppendResult> append, ReadOnlyMemory<EventData> events, bool inDoubt, CancellationToken cancellationToken)
    {
        try
        {
            var result = await append.ConfigureAwait(true);
            EndLimit();
            return result;
        }
        catch (OperationCanceledException e) when (HasTimedOut)
        {
            throw TimedOut(e);
        }
        catch (VersionConflictException e) when (inDoubt)
        {
            return await FindAsync(events, e, cancellationToken).ConfigureAwait(true);
        }
        catch (JournalUnavailableException e)
        {
            return await SettleAsync(events, e, cancellationToken).ConfigureAwait(true);
        }
    }

    private async ValueTask<AppendResult> SettleAsync(ReadOnlyMemory<EventData> events, JournalUnavailableException first, CancellationToken cancellationToken)
    {
        var journal = _services.Storage.Journal;
        using var limit = new CancellationTokenSource(_options.AppendTimeout, _services.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            for (var attempt = 1; attempt < _options.AppendAttempts; attempt++)
            {
                await Task.Delay(Delay(attempt), _services.Time, either.Token).ConfigureAwait(true);
                try
                {
                    return await journal.AppendAsync(Stream, ExpectedVersion.Exactly(Version, Incarnation), events, null, either.Token).ConfigureAwait(true);
                }
                catch (VersionConflictException e)
                {
                    return await FindAsync(events, e, either.Token).ConfigureAwait(true);
                }
                catch (JournalUnavailableException)
                {
                    _services.Logger.AppendRetried(Stream, attempt);
                }
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
        }

        throw first;
    }

    /// <summary>Whether what stands after our version is what we wanted to append: the first attempt did happen. Else the conflict is real.</summary>
    private async ValueTask<AppendResult> FindAsync(ReadOnlyMemory<EventData> events, VersionConflictException conflict, CancellationToken cancellationToken)
    {
        if (conflict.Actual.Incarnation != Incarnation || conflict.Actual.Version < Version + events.Length)
            throw conflict;
        var at = 0;
        RecordedEvent? last = null;
        var request = new ReadRequest { From = Version + 1, To = Version + events.Length, Incarnation = Incarnation };
        await foreach (var recorded in _services.Storage.Journal.ReadAsync(Stream, request, cancellationToken).ConfigureAwait(true))
        {
            if (!IsSame(recorded, events.Span[at++]))
                throw conflict;
            last = recorded;
        }

        return last is not null && at == events.Length
            ? new AppendResult(Incarnation, Version + 1, last.Version, last.Position, last.Recorded, Duplicate: true)
            : throw conflict;
    }

    private static bool IsSame(RecordedEvent recorded, EventData data)
    {
        var body = new byte[EventBody.MaxLength(data)];
        return recorded.Body.Span.SequenceEqual(body.AsSpan(0, EventBody.Write(data, 0, body)));
    }

    /// <summary>Doubles from attempt to attempt; up to a half more, so that many do not come back at once.</summary>
    private static TimeSpan Delay(int attempt) => FirstDelay * Math.Pow(2, attempt - 1) * (1 + (Random.Shared.NextDouble() / 2));
}
