using Orleans.Persist.Diagnostics;
using Orleans.Persist.Journal;
using Orleans.Persist.Snapshots;

namespace Orleans.Persist.Sources;

/// <summary>Runs one sink: import, register, history, then live events; and between two of them, exports. Reads the journal at its own pace.</summary>
internal sealed class SinkRunner : IDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(30);

    private readonly SinkContext _context;
    private readonly SinkPort _port;
    private readonly SinkNotes _notes;
    private readonly CancellationTokenSource _cancellation = new();
    private TaskCompletionSource _wake = NewSignal();
    private Task _loop = Task.CompletedTask;
    private StreamHead _head;
    private long _version;
    private long _imported;
    private long _replayTarget;
    private long _exportAt = long.MaxValue;
    private bool _replayCounted;
    private volatile bool _attention;
    private volatile bool _stopping;
    private volatile bool _online;
    private volatile bool _active = true;

    public SinkRunner(SinkContext context, SinkPort port)
    {
        (_context, _port, _notes) = (context, port, new SinkNotes(context.Ledger, port.Name, context.Address));
        Exporter = new SinkExporter(context, port.Name, _notes, Wake);
    }

    public string Name => _port.Name;

    public string Source => _context.Source;

    public SinkExporter Exporter { get; }

    public bool IsOnline => _online;

    /// <summary>Whether it has been online, now or before.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Whether it is starting or online.</summary>
    public bool IsActive => _active;

    /// <summary>Completes when nothing of it goes on any more: neither its loop nor an export.</summary>
    public Task Completion => Task.WhenAll(_loop, Exporter.Idle);

    /// <summary>The last version applied.</summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>How many of the events that were there when it came online have been applied.</summary>
    public long Replayed => Math.Max(0, Math.Min(Version, _replayTarget) - _imported);

    /// <summary>How many events it has still to apply, as far as is known without waiting.</summary>
    public long Lag
    {
        get
        {
            var head = _context.Journal.GetHeadAsync(Source);
            return Math.Max(0, (head.IsCompletedSuccessfully ? head.Result.Version : _head.Version) - Version);
        }
    }

    /// <summary>Why the sink stopped by itself; null while it runs and after a stop that was asked for.</summary>
    public Exception? Error { get; private set; }

    /// <summary>What a sink of a volatile source has missed, if anything.</summary>
    public string? Warning { get; private set; }

    public SinkProgress Progress => new(IsOnline, Version, Exporter.ExportedVersion, Replayed, Error?.Message ?? Warning);

    /// <summary>Imports and registers (requirements g.2.0, g.3.0), then runs until stopped.</summary>
    /// <exception cref="EventGapException">Events that the imported state does not cover are gone.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            _head = await _context.Journal.GetHeadAsync(Source, cancellationToken).ConfigureAwait(false);
            var start = await SinkStart.RunAsync(_context, _port, _notes, _head, cancellationToken).ConfigureAwait(false);
            (_version, _imported, _replayTarget, Warning) = (start.Version, start.Version, _head.Version, start.Warning);
            Exporter.ExportedVersion = start.Covered;
            SetExportAt(start.Covered);
        }
        catch (Exception e)
        {
            (Error, _active) = (e, false);
            await Exporter.CloseAsync(error: null).ConfigureAwait(false);
            await NoteNotStartedAsync(e).ConfigureAwait(false);
            throw;
        }

        HasBegun = _online = true;
        SourceInstruments.Observe(this);
        _loop = Task.Run(RunAsync, CancellationToken.None);
    }

    /// <summary>Exports (requirements g.0.2, g.2.1), then stops. Bounded by the export's time limit.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _stopping = true;
        Wake();
        var export = Exporter.Request(last: true);
        await export.WaitAsync(cancellationToken).ConfigureAwait(false);
        await Exporter.CloseAsync(error: null).ConfigureAwait(false);
        await _cancellation.CancelAsync().ConfigureAwait(false);
        await _loop.WaitAsync(_context.Options.ExportTimeout, _context.Time, cancellationToken).ConfigureAwait(false);
        if (Error is null)
            await _notes.NoteAsync(_notes.Next(SinkChangeKind.SinkStopped), cancellationToken).ConfigureAwait(false);
        _context.Logger.SinkOffline(Source, Name, Version);
    }

    /// <summary>Stops at once, without an export, as a crash would.</summary>
    public void Abort()
    {
        Exporter.Abort();
        _cancellation.Cancel();
        Wake();
    }

    public void Dispose() => _cancellation.Dispose();

    /// <summary>Events are counted by their versions, so a restart forgets none: one export is owed where a multiple was crossed since the last.</summary>
    private void SetExportAt(long covered)
    {
        var every = _context.Options.ExportEvery;
        if (every > 0)
            _exportAt = _replayTarget / every * every > covered ? _replayTarget : NextMultiple(_replayTarget, every);
    }

    private async Task RunAsync()
    {
        try
        {
            var retry = FirstRetry;
            while (!_cancellation.IsCancellationRequested)
            {
                var before = Version;
                try
                {
                    await LoopAsync().ConfigureAwait(false);
                    return;
                }
                catch (JournalUnavailableException e)
                {
                    retry = Version > before ? FirstRetry : retry;
                    _context.Logger.JournalUnavailable(e, Source, Name, retry);
                    await WaitAsync(Task.Delay(retry, _context.Time, _cancellation.Token)).ConfigureAwait(false); // an export needs no journal to be captured
                    retry = retry * 2 < LongestRetry ? retry * 2 : LongestRetry;
                }
            }
        }
        catch (OperationCanceledException) when (_cancellation.IsCancellationRequested)
        {
            // Stopped or aborted.
        }
        catch (Exception e)
        {
            await DieAsync(e).ConfigureAwait(false);
        }
        finally
        {
            _online = _active = false;
            _port.Pause();
            SourceInstruments.Forget(this);
        }
    }

    private async Task NoteNotStartedAsync(Exception error)
    {
        try
        {
            await _notes.NoteAsync(_notes.Next(SinkChangeKind.SinkNotStarted) with { Error = error.Message }).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _context.Logger.LedgerNotStored(e, Source); // the caller is told why the sink could not be started, not this
        }
    }

    private async Task DieAsync(Exception error)
    {
        Error = error;
        _online = _active = false;
        _context.Logger.SinkFailed(error, Source, Name, Version);
        await Exporter.CloseAsync(error).ConfigureAwait(false);
        await _notes.NoteAsync(_notes.Next(SinkChangeKind.SinkStopped) with { Error = error.Message }).ConfigureAwait(false);
    }

    /// <summary>Ends when the sink is stopping and its last state has been captured.</summary>
    private async Task LoopAsync()
    {
        Task<StreamHead>? next = null;
        while (true)
        {
            if (_attention && !await AttendAsync().ConfigureAwait(false))
                return;
            if (_head.Version > Version && !_stopping)
            {
                if (!await ApplyAsync(_head).ConfigureAwait(false))
                    return;
                continue;
            }

            next ??= _context.Journal.WaitForAppendAsync(Source, _head.Incarnation, _head.Version, _cancellation.Token).AsTask();
            if (!next.IsCompleted)
                await WaitAsync(next).ConfigureAwait(false);
            if (!next.IsCompleted)
                continue;
            var head = await next.ConfigureAwait(false);
            if (head.Incarnation != _head.Incarnation)
                throw new StreamIncarnationException(Source, _head.Incarnation, head.Incarnation);
            (_head, next) = (head, null);
        }
    }

    private async ValueTask<bool> ApplyAsync(StreamHead head)
    {
        var token = _cancellation.Token;
        var version = _version;
        var request = new ReadRequest { From = version + 1, To = head.Version, Incarnation = head.Incarnation };
        var events = _context.Journal.ReadAsync(Source, request, token).GetAsyncEnumerator(token);
        await using var disposal = events.ConfigureAwait(false);
        while (await NextAsync(events).ConfigureAwait(false) is { } @event)
        {
            if (@event.Version != version + 1)
                Miss(version, @event.Version);
            try
            {
                await _port.ApplyAsync(@event, token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException || !token.IsCancellationRequested)
            {
                throw new SinkFailedException(Name, @event, e);
            }

            version = @event.Version;
            Volatile.Write(ref _version, version);
            if (version >= _exportAt)
                OnExportAt(version);
            if (!_attention)
                continue;
            if (!await AttendAsync().ConfigureAwait(false))
                return false;
            if (_stopping)
                return true;
        }

        if (version < head.Version)
        {
            Miss(version, head.Version + 1);
            Volatile.Write(ref _version, head.Version);
        }

        CountReplay();
        return true;
    }

    private async ValueTask<RecordedEvent?> NextAsync(IAsyncEnumerator<RecordedEvent> events)
    {
        var next = events.MoveNextAsync();
        if (!next.IsCompleted)
            _port.Pause();
        return await next.ConfigureAwait(false) ? events.Current : null;
    }

    private void CountReplay()
    {
        if (_replayCounted || Version < _replayTarget)
            return;
        _replayCounted = true;
        if (Replayed > 0)
            SourceInstruments.OnReplayed(Source, Name, Replayed);
    }

    private void Miss(long version, long next)
    {
        if (!_context.IsVolatile)
            throw new EventGapException(Source, Name, version, next);
        if (version > _imported) // before its first event, a sink has missed nothing that it was promised
            NoteMissed(version + 1, next - 1);
    }

    private void NoteMissed(long first, long last)
    {
        Warning = SinkStart.Missed(first, last);
        _context.Logger.EventsMissed(Source, Name, first, last);
    }

    private void OnExportAt(long version)
    {
        _exportAt = NextMultiple(version, _context.Options.ExportEvery);
        _ = Exporter.Request();
    }

    /// <summary>Captures the state for an export that is due. False once that was the last one.</summary>
    private async ValueTask<bool> AttendAsync()
    {
        _attention = false; // before looking: a request that comes now sets it again
        if (Exporter.Take() is not { } export)
            return true;
        try
        {
            var snapshot = new Snapshot
            {
                Incarnation = _context.ExportIncarnation(_head),
                Version = _version,
                Time = _context.Time.GetUtcNow(),
                Type = _port.StateType,
                Data = await _port.CaptureAsync(_cancellation.Token).ConfigureAwait(false),
            };
            Exporter.Save(export, snapshot);
        }
        catch (Exception e)
        {
            Exporter.Fail(export, e);
        }

        return !export.IsLast;
    }

    private async Task WaitAsync(Task next)
    {
        _port.Pause();
        var wake = NewSignal();
        Interlocked.Exchange(ref _wake, wake);
        if (_attention)
            return;
        await Task.WhenAny(next, wake.Task).ConfigureAwait(false);
    }

    private void Wake()
    {
        _attention = true;
        Interlocked.MemoryBarrier();
        Volatile.Read(ref _wake).TrySetResult();
    }

    private static long NextMultiple(long version, long every) => ((version / every) + 1) * every;

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
