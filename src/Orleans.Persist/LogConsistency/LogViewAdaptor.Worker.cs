using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Orleans.EventSourcing;
using Orleans.Persist.Diagnostics;
using Orleans.Persist.Journal;
using Orleans.Persist.Processes;
using Orleans.Runtime;

namespace Orleans.Persist.LogConsistency;

/// <content>The worker: one cycle after another, as long as there is something to do.</content>
internal sealed partial class LogViewAdaptor<TView, TEntry>
{
    private readonly List<Waiter> _waiters = [];
    private readonly TaskCompletionSource _deactivating = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _work = Task.CompletedTask;
    private bool _working;
    private bool _posted;
    private long _refreshWanted;
    private long _refreshDone;
    private ClearRequest? _clear;
    private StorageIssue? _issue;
    private Exception? _lastError;
    private Exception? _untold; // why events were withdrawn while nobody waited for them: the next one who does is told

    private bool HasWork => _fault is null && !_stop.IsCancellationRequested && (_clear is not null || _pending.Count > 0 || _refreshDone < _refreshWanted);

    public async Task PostOnDeactivate()
    {
        _deactivating.TrySetResult();
        StartWork();
        using var limit = new CancellationTokenSource(_options.DeactivationTimeout, _services.Time);
        await _work.WaitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await _stop.CancelAsync().ConfigureAwait(true);
        if (_unconfirmed > 0)
            _services.Logger.EventsLost(_unconfirmed, Stream);
        FailAll(new JournalUnavailableException($"The grain of '{Stream}' was deactivated before this was confirmed.", _lastError));
        try
        {
            await _kernel.EndAsync(limit.Token).ConfigureAwait(true);
        }
        catch (Exception e)
        {
            _services.Logger.LastSnapshotFailed(e, Stream); // the events are durable
        }
    }

    /// <summary>Begins to work soon, and not within the caller: what is raised and not confirmed yet must be seen as such.</summary>
    private void Post()
    {
        if (_working || _posted)
            return;
        _posted = true;
        _ = PostedAsync();
    }

    private async Task PostedAsync()
    {
        await Task.Yield();
        _posted = false;
        StartWork();
    }

    private void StartWork()
    {
        if (_working || !HasWork)
            return;
        _working = true;
        _work = WorkAsync();
    }

    private async Task WorkAsync()
    {
        while (HasWork)
        {
            try
            {
                await CycleAsync().ConfigureAwait(true);
                Recovered();
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                break;
            }
            catch (VersionConflictException) when (!_imported && Import is not null)
            {
                continue; // another activation imports as well: read what it has stored
            }
            catch (Exception e) when (e is JournalUnavailableException or TimeoutException)
            {
                await TroubleAsync(e).ConfigureAwait(true);
            }
            catch (Exception e)
            {
                Fail(e);
            }

            CompleteWaiters();
        }

        _working = false;
    }

    private async ValueTask CycleAsync()
    {
        if (_clear is { } clear)
        {
            await ClearAsync(clear).ConfigureAwait(true);
            return;
        }

        var refresh = _refreshWanted;
        if (_inDoubt == 0 && (!_kernel.IsRecovered || _pending.Count == 0))
        {
            await ReadAsync().ConfigureAwait(true);
            _refreshDone = refresh;
            return;
        }

        if (_inDoubt == 0)
            DropStaleConditionals();
        if (_pending.Count > 0 && await TryWriteAsync().ConfigureAwait(true))
            _refreshDone = refresh; // it was stored at the version we know: nobody else has written
    }

    private async ValueTask ReadAsync()
    {
        var before = _kernel.Version;
        var incarnation = _kernel.Incarnation;
        try
        {
            await _kernel.CatchUpAsync(_stop.Token).ConfigureAwait(true);
            await ImportAsync().ConfigureAwait(true);
        }
        finally
        {
            if (_kernel.Version != before || (incarnation > 0 && _kernel.Incarnation != incarnation))
                Changed(tentative: true, confirmed: true);
        }
    }

    private async ValueTask ClearAsync(ClearRequest clear)
    {
        if (clear.Cancellation.IsCancellationRequested)
        {
            _clear = null;
            clear.Done.TrySetCanceled(clear.Cancellation);
            return;
        }

        _inDoubt = 0; // whether they are there or not, they will not be
        if (!_kernel.IsRecovered)
            await ReadAsync().ConfigureAwait(true);
        try
        {
            await _kernel.ClearAsync(_stop.Token).ConfigureAwait(true);
        }
        catch (VersionConflictException)
        {
            return; // the next cycle reads and tries again
        }

        _clear = null;
        Drop(_pending.Count, stored: false);
        Changed(tentative: true, confirmed: true);
        clear.Done.TrySetResult();
    }

    private async ValueTask TroubleAsync(Exception error)
    {
        _lastError = error;
        var issue = new StorageIssue
        {
            Operation = _inDoubt > 0 ? "Storing" : "Reading",
            Problem = error.Message,
            MinDelay = _options.MinRetryDelay,
            MaxDelay = _options.MaxRetryDelay,
            TimeStamp = _services.Time.GetUtcNow().UtcDateTime,
            NumberOfConsecutiveFailures = (_issue?.NumberOfConsecutiveFailures ?? 0) + 1,
        };
        issue.TimeOfFirstFailure = _issue?.TimeOfFirstFailure ?? issue.TimeStamp;
        issue.RetryDelay = issue.ComputeRetryDelay(_issue?.RetryDelay);
        _issue = issue;
        Tell(() => _host.OnConnectionIssue(issue), nameof(_host.OnConnectionIssue));
        _services.Logger.StorageFailed(error, Stream, issue.NumberOfConsecutiveFailures, issue.RetryDelay);
        if (_options.OnStoreFailure == StoreFailurePolicy.Throw && issue.NumberOfConsecutiveFailures >= _options.Attempts)
        {
            GiveUp(error);
            return;
        }

        var ending = _deactivating.Task.IsCompleted;
        var pause = Task.Delay(ending ? _options.MinRetryDelay : issue.RetryDelay, _services.Time, _stop.Token);
        await (ending ? pause : Task.WhenAny(pause, _deactivating.Task)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    private void Recovered()
    {
        if (_issue is not { } issue)
            return;
        (_issue, _lastError) = (null, null);
        Tell(() => _host.OnConnectionIssueResolved(issue), nameof(_host.OnConnectionIssueResolved));
    }

    private void Tell(Action callback, string name)
    {
        try
        {
            callback();
        }
        catch (Exception e)
        {
            _orleans.CaughtUserCodeException(name, nameof(Tell), e);
        }
    }

    /// <summary>Withdraws what is raised, and tells who waits. The next one who asks for something begins anew.</summary>
    private void GiveUp(Exception error)
    {
        if (_unconfirmed > 0)
            _services.Logger.EventsWithdrawn(error, _unconfirmed, Stream);
        _inDoubt = 0;
        _issue = null;
        if (_waiters.Count == 0 && _pending.Exists(submission => submission.Promise is null))
            _untold = error;
        Withdraw(error);
        _refreshDone = _refreshWanted;
        FailAll(error);
    }

    /// <summary>This activation cannot go on: everybody is told, and the next activation may try.</summary>
    private void Fail(Exception error)
    {
        _fault = error;
        _services.Logger.LogUnusable(error, Stream);
        Withdraw(error);
        FailAll(error);
        (_host as IGrainBase)?.GrainContext.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationError, error, $"The log of '{Stream}' cannot be used."));
    }

    private void Withdraw(Exception error)
    {
        foreach (var submission in _pending)
            submission.Promise?.TrySetException(error);
        var any = _pending.Count > 0;
        _payloads = new ArrayBufferWriter<byte>(); // an append may be under way still
        _pending.Clear();
        _unconfirmed = _applied = 0;
        _tentative = null;
        if (any)
            Changed(tentative: true, confirmed: false);
    }

    private void FailAll(Exception error)
    {
        foreach (var submission in _pending)
            submission.Promise?.TrySetException(error);
        foreach (var waiter in _waiters)
            waiter.Done.TrySetException(error);
        _waiters.Clear();
        _clear?.Done.TrySetException(error);
        _clear = null;
    }

    private Task WaitFor(long entries, long refresh)
    {
        if (IsSettled(entries, refresh))
            return Task.CompletedTask;
        var waiter = new Waiter(entries, refresh);
        _waiters.Add(waiter);
        StartWork();
        return waiter.Done.Task.IsCompleted ? waiter.Done.Task : Bounded(waiter.Done.Task, CancellationToken.None);
    }

    private async Task<bool> Wait(TaskCompletionSource<bool>? promise)
    {
        await Bounded(promise!.Task, CancellationToken.None).ConfigureAwait(true);
        return await promise.Task.ConfigureAwait(true);
    }

    private async Task Bounded(Task task, CancellationToken cancellationToken)
    {
        var limit = _activated ? _options.ConfirmTimeout : _options.ActivationTimeout;
        try
        {
            await task.WaitAsync(limit, _services.Time, cancellationToken).ConfigureAwait(true);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            _waiters.RemoveAll(waiter => waiter.Done.Task == task);
            throw new TimeoutException(
                $"The storage of '{Stream}' has not answered for {limit}; what was raised stays unconfirmed and goes again until it is stored.{(_lastError is null ? "" : " " + _lastError.Message)}", _lastError);
        }
    }

    private bool TakeUntold([NotNullWhen(true)] out Exception? error)
    {
        (error, _untold) = (_untold, null);
        return error is not null;
    }

    private bool IsSettled(long entries, long refresh) => _refreshDone >= refresh && (_pending.Count == 0 || _pending[0].First + _applied >= entries);

    private void CompleteWaiters()
    {
        for (var i = _waiters.Count - 1; i >= 0; i--)
        {
            var waiter = _waiters[i];
            if (!IsSettled(waiter.Entries, waiter.Refresh))
                continue;
            _waiters.RemoveAt(i);
            waiter.Done.TrySetResult();
        }
    }
}
