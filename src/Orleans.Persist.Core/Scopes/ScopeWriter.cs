using System.Buffers;
using Microsoft.Extensions.Logging;
using Orleans.Persist.Diagnostics;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Scopes;

/// <summary>
/// Writes what happens in a partition: what comes in while one event is being made durable forms the next one, so many saves share an event,
/// and partitions that write at the same time share the journal's flush. Memory follows once an event is durable.
/// </summary>
/// <param name="partition">The partition.</param>
/// <param name="log">Its stream.</param>
/// <param name="budget">Where the bytes of saves that fail are given back.</param>
/// <param name="clock">The clock.</param>
/// <param name="options">How the store works.</param>
/// <param name="exclusive">Whether somebody else's append means that the stream is now theirs: nothing more is written then, and everything fails with the conflict.</param>
/// <param name="logger">Where it logs to.</param>
internal sealed class ScopeWriter(
    ScopePartition partition, ScopeLog log, ScopeBudget budget, ScopeClock clock, ScopedStoreOptions options, bool exclusive, ILogger logger)
{
    private const int MostBytesAtOnce = 256 << 10;
    private readonly Lock _gate = new();
    private readonly ArrayBufferWriter<byte> _records = new(4 << 10);
    private readonly ScopeCompactor _compactor = new(partition, log, clock, options);
    private List<ScopeOperation> _queue = [];
    private List<ScopeOperation> _batch = [];
    private TaskCompletionSource _idle = Completed();
    private VersionConflictException? _lost;
    private long _confirmed;
    private bool _running;
    private bool _closed;

    /// <summary>Reads the partition's log.</summary>
    public ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        _confirmed = clock.Time.GetTimestamp();
        return CatchUpAsync(cancellationToken);
    }

    /// <summary>Completes where nobody else had written some time ago, or has not now.</summary>
    /// <exception cref="VersionConflictException">Somebody has.</exception>
    public ValueTask ConfirmAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        if (_lost is null && clock.Time.GetElapsedTime(Volatile.Read(ref _confirmed)) < within)
            return default;
        var question = ScopeOperation.Question();
        question.CancelWith(cancellationToken);
        Enqueue(question);
        return question.Task;
    }

    /// <summary>Queues an operation, whose bytes have been taken from the budget. Its task completes once it is durable and applied.</summary>
    public void Enqueue(ScopeOperation operation)
    {
        bool idle;
        lock (_gate)
        {
            if (_closed)
            {
                GiveBack(operation);
                operation.Fail(new JournalUnavailableException("The scoped store is closed."));
                return;
            }

            _queue.Add(operation);
            idle = !_running;
            if (idle)
                Begin();
        }

        if (idle)
            _ = RunAsync();
    }

    /// <summary>Compacts the log if that is due, and completes when the writer has nothing more to do.</summary>
    public Task CompactIfDueAsync()
    {
        Task idle;
        lock (_gate)
        {
            if (_closed || _running || _lost is not null || !_compactor.IsDue)
                return Task.CompletedTask;
            Begin();
            idle = _idle.Task;
        }

        _ = Task.Run(RunAsync);
        return idle;
    }

    /// <summary>Takes no more, and completes when what was taken is written.</summary>
    public Task CloseAsync()
    {
        lock (_gate)
        {
            _closed = true;
            return _idle.Task;
        }
    }

    private void Begin()
    {
        _running = true;
        _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private async Task RunAsync()
    {
        for (var more = Take(); more;)
        {
            for (var from = 0; from < _batch.Count;)
                from = await WriteAsync(from).ConfigureAwait(false);
            _batch.Clear();
            await CompactAsync().ConfigureAwait(false);
            more = Take();

            // The first one was written on its caller's thread, which is not there to write those of others too.
            if (more)
                await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        }
    }

    private bool Take()
    {
        TaskCompletionSource idle;
        lock (_gate)
        {
            if (_queue.Count > 0 || (!_closed && _lost is null && _compactor.IsDue))
            {
                (_queue, _batch) = (_batch, _queue);
                return true;
            }

            _running = false;
            idle = _idle;
        }

        idle.SetResult();
        return false;
    }

    /// <summary>Writes operations of the batch as one event, and returns where the next one begins.</summary>
    private async ValueTask<int> WriteAsync(int from)
    {
        var to = Encode(from);
        try
        {
            if (_lost is not null)
                throw _lost;
            var began = clock.Time.GetTimestamp();
            if (log.InDoubt)
                await CatchUpAsync(CancellationToken.None).ConfigureAwait(false);
            if (_records.WrittenCount > 0)
                await AppendAsync().ConfigureAwait(false);
            else if (exclusive && to > from)
                await log.ConfirmAsync().ConfigureAwait(false);
            Volatile.Write(ref _confirmed, began);
        }
        catch (Exception e)
        {
            NoteLoss(e);
            logger.ScopedRecordsNotWritten(e, log.Stream, to - from);
            foreach (var operation in _batch[from..to])
            {
                GiveBack(operation);
                operation.Fail(e is JournalException ? e : new JournalUnavailableException($"The scoped store could not write to its journal: {e.Message}", e));
            }

            return to;
        }

        var written = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_batch)[from..to];
        partition.Apply(written, log.Version);
        foreach (var operation in written)
            operation.Complete();
        return to;
    }

    private async ValueTask AppendAsync()
    {
        try
        {
            await log.AppendAsync(_records.WrittenMemory).ConfigureAwait(false);
        }
        catch (VersionConflictException) when (!exclusive)
        {
            // An append that had failed, or another process, was there first. Nothing was written.
            await CatchUpAsync(CancellationToken.None).ConfigureAwait(false);
            await log.AppendAsync(_records.WrittenMemory).ConfigureAwait(false);
        }
    }

    /// <summary>Lays out operations up to a number of bytes. One whose caller has gone is left out, and so is a delete of what is not there.</summary>
    private int Encode(int from)
    {
        _records.ResetWrittenCount();
        var to = from;
        while (to < _batch.Count && (to == from || _records.WrittenCount + _batch[to].Length < MostBytesAtOnce))
        {
            var operation = _batch[to];
            if (operation.IsEnded)
            {
                GiveBack(operation);
                _batch.RemoveAt(to);
                continue;
            }

            if (operation.IsSave)
                ScopeRecord.WriteSave(operation.Location, operation.Value, operation.Expires, _records);
            else if (operation.IsDelete && (log.InDoubt || _records.WrittenCount > 0 || partition.Contains(operation.Location, operation.Hash)))
                ScopeRecord.WriteDelete(operation.Location, _records);
            to++;
        }

        return to;
    }

    private void GiveBack(ScopeOperation operation)
    {
        if (operation.IsSave)
            budget.Give(ScopeBudget.CostOf(operation.Location, operation.Value));
    }

    private void NoteLoss(Exception error)
    {
        if (exclusive && error is VersionConflictException conflict)
            _lost ??= conflict;
    }

    private async ValueTask CompactAsync()
    {
        if (_closed || _lost is not null || !_compactor.IsDue)
            return;
        try
        {
            if (log.InDoubt)
                await CatchUpAsync(CancellationToken.None).ConfigureAwait(false);
            await _compactor.StepAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            NoteLoss(e);
            _compactor.GiveUp();
            logger.ScopedLogNotCompacted(e, log.Stream);
        }
    }

    private async ValueTask CatchUpAsync(CancellationToken cancellationToken) =>
        await log.CatchUpAsync(
            (records, version) => partition.Replay(records.Span, version, clock.Now, budget), partition.DropBelow, cancellationToken).ConfigureAwait(false);

    private static TaskCompletionSource Completed()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }
}
