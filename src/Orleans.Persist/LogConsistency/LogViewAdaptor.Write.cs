using Orleans.Persist.Diagnostics;
using Orleans.Persist.Journal;
using Orleans.Persist.Processes;

namespace Orleans.Persist.LogConsistency;

/// <content>Storing: as many submissions in one append as the journal takes, never a part of one.</content>
internal sealed partial class LogViewAdaptor<TView, TEntry>
{
    private int _inDoubt; // submissions of an append that got no answer: they go again, the very same
    private int _most = int.MaxValue;

    /// <summary>Whether the first submissions that wait have been stored; else there was a conflict, or they are too large for one append.</summary>
    private async ValueTask<bool> TryWriteAsync()
    {
        var count = _inDoubt > 0 ? _inDoubt : Batch();
        var (data, events) = Join(count);
        try
        {
            await _kernel.StoreAsync(data, events, _inDoubt > 0, _stop.Token).ConfigureAwait(true);
        }
        catch (JournalUnavailableException)
        {
            _inDoubt = count;
            throw;
        }
        catch (OperationCanceledException)
        {
            _inDoubt = count;
            throw;
        }
        catch (VersionConflictException e)
        {
            _inDoubt = 0;
            if (_options.OnConflict == ConflictPolicy.Deactivate)
                throw;
            await ReadAsync().ConfigureAwait(true);
            _services.Logger.Rebased(Stream, e.Actual.Version);
            return false;
        }
        catch (AppendTooLargeException e)
        {
            await RefuseAsync(count, e).ConfigureAwait(true);
            return false;
        }
        catch (PoisonEventException)
        {
            Stored(count); // and one of them cannot be applied: the recovery follows the policy
            await ReadAsync().ConfigureAwait(true);
            return true;
        }

        _most = int.MaxValue;
        Stored(count);
        return true;
    }

    private int Batch()
    {
        var limits = _services.Storage.Journal.Limits;
        var (count, events, bytes) = (0, 0L, 0L);
        foreach (var submission in _pending)
        {
            events += submission.Data.Length;
            bytes += submission.Bytes;
            if (count > 0 && (events > limits.MaxAppendEvents || bytes > limits.MaxAppendBytes || count >= _most))
                break;
            count++;
        }

        return count;
    }

    private (EventData[] Data, TEntry[] Events) Join(int count)
    {
        if (count == 1)
            return (_pending[0].Data, _pending[0].Events);
        var length = 0;
        for (var i = 0; i < count; i++)
            length += _pending[i].Data.Length;
        var (data, events, at) = (new EventData[length], new TEntry[length], 0);
        for (var i = 0; i < count; i++)
        {
            _pending[i].Data.CopyTo(data, at);
            _pending[i].Events.CopyTo(events, at);
            at += _pending[i].Data.Length;
        }

        return (data, events);
    }

    private void Stored(int count)
    {
        _inDoubt = 0;
        Count("WritebackEvents");
        if (_stats is not null)
        {
            for (var i = 0; i < count; i++)
                _stats.StabilizationLatenciesInMsecs.Add((int)_services.Time.GetElapsedTime(_pending[i].Raised).TotalMilliseconds);
        }

        Drop(count, stored: true);
        Changed(tentative: false, confirmed: true);
    }

    /// <summary>Takes submissions out of the queue and tells those who want to know whether they were stored.</summary>
    private void Drop(int count, bool stored)
    {
        for (var i = 0; i < count; i++)
        {
            _unconfirmed -= _pending[i].Events.Length;
            _pending[i].Promise?.TrySetResult(stored);
        }

        _unconfirmed += _applied; // those were taken off one by one
        _applied = 0;
        _pending.RemoveRange(0, count);
    }

    /// <summary>Fails the conditional submissions whose version has passed, and those behind them that counted on them.</summary>
    private void DropStaleConditionals()
    {
        var position = _kernel.Version;
        var failed = 0;
        _pending.RemoveAll(submission =>
        {
            if (submission.Position >= 0 && submission.Position != position)
            {
                _unconfirmed -= submission.Events.Length;
                failed++;
                submission.Promise!.TrySetResult(false);
                return true;
            }

            position += submission.Events.Length;
            return false;
        });
        if (failed == 0)
            return;
        _tentative = null;
        Changed(tentative: true, confirmed: false);
    }

    /// <summary>The journal takes no append of this size: fewer submissions next time; one alone can never be stored.</summary>
    private async ValueTask RefuseAsync(int count, AppendTooLargeException error)
    {
        _inDoubt = 0;
        if (count > 1)
        {
            _most = count / 2;
        }
        else
        {
            var refused = _pending[0];
            _services.Logger.EventsWithdrawn(error, refused.Events.Length, Stream);
            _pending.RemoveAt(0);
            _unconfirmed -= refused.Events.Length;
            _tentative = null;
            refused.Promise?.TrySetException(error);
            if (refused.Promise is null && !_waiters.Exists(waiter => waiter.Entries > refused.First))
                _untold = error;
            foreach (var waiter in _waiters.Where(waiter => waiter.Entries > refused.First).ToList())
            {
                _waiters.Remove(waiter);
                waiter.Done.TrySetException(error);
            }

            Changed(tentative: true, confirmed: false);
        }

        await ReadAsync().ConfigureAwait(true);
    }
}
