using Orleans.Persist.Diagnostics;
using Orleans.Persist.Hosting;
using Orleans.Persist.Snapshots;

namespace Orleans.Persist.Sources;

/// <summary>The exports of one sink: at most one at a time, one more remembered (requirement g.0.1), each within a time limit (g.0.3).</summary>
/// <param name="context">What the source gives.</param>
/// <param name="sink">The sink's name.</param>
/// <param name="ledger">Where the sink's changes are noted.</param>
/// <param name="onDue">Called when an export falls due; the sink's loop then takes it between two events.</param>
internal sealed class SinkExporter(SinkContext context, string sink, SinkNotes ledger, Action onDue)
{
    private readonly string _owner = SystemNames.SinkExports(context.Source, sink);
    private readonly Lock _lock = new();
    private SinkExport? _current;
    private TaskCompletionSource? _next;
    private bool _nextIsLast;
    private bool _closed;
    private long _exportedVersion;

    /// <summary>The version that the last good export covers.</summary>
    public long ExportedVersion
    {
        get => Volatile.Read(ref _exportedVersion);
        set => Volatile.Write(ref _exportedVersion, value);
    }

    /// <summary>Why the last export failed; null where it did not.</summary>
    public Exception? LastError { get; private set; }

    /// <summary>Completes when the export that is due or running, if any, has ended.</summary>
    public Task Idle
    {
        get
        {
            lock (_lock)
                return _current?.Done.Task ?? Task.CompletedTask;
        }
    }

    /// <summary>Asks for an export. While one runs, it is remembered and runs once after it.</summary>
    /// <param name="last">Whether it is the sink's last: its loop ends with this one, and with none that was due before.</param>
    /// <returns>Completes when an export that captures the state from now on has ended, well or not.</returns>
    public Task Request(bool last = false)
    {
        Task done;
        lock (_lock)
        {
            if (_closed)
                return Task.CompletedTask;
            // One that has timed out before the loop took it captures nothing any more: the next one has to.
            if (_current is { Taken: false, HasEnded: false })
            {
                _current.IsLast |= last;
                return _current.Done.Task;
            }

            if (_current is not null)
            {
                _nextIsLast |= last;
                return (_next ??= NewSource()).Task;
            }

            done = Begin(NewSource(), last);
        }

        onDue();
        return done;
    }

    /// <summary>The export that is due, for the sink's loop to run it; null where none is.</summary>
    public SinkExport? Take()
    {
        lock (_lock)
        {
            if (_current is not { Taken: false })
                return null;
            _current.Taken = true;
            return _current;
        }
    }

    /// <summary>Stores a captured state, off the sink's loop.</summary>
    public void Save(SinkExport export, Snapshot snapshot) => _ = Task.Run(() => SaveAsync(export, snapshot));

    /// <summary>Ends an export that could not even be captured.</summary>
    public void Fail(SinkExport export, Exception error)
    {
        // It counts as ended at once, so that no request joins it; that is noted off the caller's thread.
        if (export.TryEnd())
            _ = Task.Run(() => NoteEndAsync(export, null, error));
    }

    /// <summary>No more exports: the sink is gone. One that is being stored goes on. One that is due fails with <paramref name="error"/>, or is dropped where that is null.</summary>
    public async Task CloseAsync(Exception? error)
    {
        SinkExport? due;
        lock (_lock)
        {
            _closed = true;
            due = _current is { Taken: false } ? _current : null;
        }

        if (due is not null)
            await EndAsync(due, null, error).ConfigureAwait(false);
    }

    /// <summary>Drops what is running, as the end of the process would.</summary>
    public void Abort()
    {
        SinkExport? current;
        TaskCompletionSource? next;
        lock (_lock)
        {
            _closed = true;
            (current, _current, next, _next) = (_current, null, _next, null);
        }

        next?.TrySetResult();
        current?.Timer?.Dispose();
        if (current?.TryEnd() != true)
            return;
        current.Cancel();
        current.Done.TrySetResult();
    }

    private Task Begin(TaskCompletionSource done, bool last)
    {
        var export = new SinkExport(done) { IsLast = last };
        _current = export;
        var timeout = context.Options.ExportTimeout;
        export.Timer = context.Time.CreateTimer(
            _ => Fail(export, new TimeoutException($"The export has not ended within {timeout}.")), null, timeout, Timeout.InfiniteTimeSpan);
        return done.Task;
    }

    private async Task SaveAsync(SinkExport export, Snapshot snapshot)
    {
        Exception? error = null;
        using var activity = SourceInstruments.StartExport(context.Source, sink, snapshot.Version);
        try
        {
            var started = ledger.Next(SinkChangeKind.ExportStarted) with { Version = snapshot.Version }; // numbered first: should the export end meanwhile, that comes after
            if (!export.HasEnded)
                await ledger.NoteAsync(started).ConfigureAwait(false);
            if (!export.HasEnded)
                await context.Snapshots.SaveAsync(_owner, snapshot, export.CancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            error = e;
            activity?.SetStatus(System.Diagnostics.ActivityStatusCode.Error, e.Message);
        }

        await EndAsync(export, snapshot, error).ConfigureAwait(false);
    }

    private async Task EndAsync(SinkExport export, Snapshot? snapshot, Exception? error)
    {
        if (export.TryEnd())
            await NoteEndAsync(export, snapshot, error).ConfigureAwait(false);
    }

    private async Task NoteEndAsync(SinkExport export, Snapshot? snapshot, Exception? error)
    {
        if (error is not null)
            export.Cancel();
        try
        {
            if (error is not null)
                await NoteFailureAsync(error).ConfigureAwait(false);
            else if (snapshot is not null)
                await NoteSuccessAsync(snapshot).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // The engine is gone; what the snapshot store holds is what counts.
        }
        catch (Exception e)
        {
            context.Logger.LedgerNotStored(e, context.Source); // likewise
        }
        finally
        {
            EndCurrent(export);
        }
    }

    private async Task NoteSuccessAsync(Snapshot snapshot)
    {
        (ExportedVersion, LastError) = (snapshot.Version, null);
        SourceInstruments.OnExported(context.Source, sink);
        var record = await ledger.NoteAsync(
            ledger.Next(SinkChangeKind.ExportSucceeded) with { Incarnation = snapshot.Incarnation, Version = snapshot.Version }).ConfigureAwait(false);
        context.Logger.Exported(context.Source, sink, record.ExportNumber, snapshot.Version);
        await context.OnExportedAsync().ConfigureAwait(false);
    }

    private async Task NoteFailureAsync(Exception error)
    {
        LastError = error;
        SourceInstruments.OnExportFailed(context.Source, sink, error);
        context.Logger.ExportFailed(error, context.Source, sink, ExportedVersion);
        await ledger.NoteAsync(ledger.Next(SinkChangeKind.ExportFailed) with { Error = error.Message }).ConfigureAwait(false);
    }

    private void EndCurrent(SinkExport export)
    {
        TaskCompletionSource? dropped = null;
        var due = false;
        lock (_lock)
        {
            if (_current == export)
                _current = null;
            (var next, _next) = (_next, null);
            due = next is not null && !_closed;
            if (due)
                _ = Begin(next!, _nextIsLast);
            else
                dropped = next;
        }

        export.Dispose();
        export.Done.TrySetResult();
        dropped?.TrySetResult();
        if (due)
            onDue();
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
