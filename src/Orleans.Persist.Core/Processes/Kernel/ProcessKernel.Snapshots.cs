using System.Buffers;
using Orleans.Persist.Diagnostics;
using Orleans.Persist.Journal;
using Orleans.Persist.Snapshots;

namespace Orleans.Persist.Processes;

/// <content>Snapshots: to their own storage, for the last version (requirement p.9).</content>
public sealed partial class ProcessKernel<TState, TEvent>
{
    private long _eventsSinceSnapshot;
    private long _bytesSinceSnapshot;
    private long _snapshotTaken;
    private bool _changedMemory;
    private Task _saving = Task.CompletedTask;
    private volatile bool _unsaved;
    private bool _withinTurn;
    private TaskCompletionSource? _wanted;

    /// <summary>Whether there is something that the newest snapshot does not have.</summary>
    public bool HasNews => _eventsSinceSnapshot > 0 || _changedMemory || _unsaved;

    /// <summary>Stores the state as of now and completes once it is durable. Asked for by a handler whose message or events are not all in the state yet, it is taken at the end of that turn; in a replay not at all.</summary>
    /// <exception cref="JournalException">It could not be stored; the one before it stays valid.</exception>
    public async Task SaveSnapshotAsync(CancellationToken cancellationToken = default)
    {
        if (!IsRecovered && Turn.IsReplaying)
            return;
        ThrowIfNotRecovered();
        if (_withinTurn)
        {
            _wanted ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await _wanted.Task.WaitAsync(cancellationToken).ConfigureAwait(true);
            return;
        }

        var before = _saving;
        var save = SaveAfterAsync(before, Capture(), cancellationToken);
        _saving = save;
        await save.ConfigureAwait(true);
    }

    /// <summary>What a passivation does: a last snapshot if the policy wants one and there is news, and the end of those that run.</summary>
    public async Task EndAsync(CancellationToken cancellationToken = default)
    {
        DropLimit();
        if (IsRecovered && HasNews && _options.Snapshots.OnPassivation)
            await SaveSnapshotAsync(cancellationToken).ConfigureAwait(true);
        await _saving.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>The state is that of <see cref="Version"/> again: takes the snapshot that was asked for meanwhile.</summary>
    private void EndTurn()
    {
        _withinTurn = false;
        if (_wanted is not { } wanted)
            return;
        _wanted = null;
        _ = SaveWantedAsync(wanted);
    }

    private async Task SaveWantedAsync(TaskCompletionSource wanted)
    {
        try
        {
            await SaveSnapshotAsync().ConfigureAwait(true);
            wanted.TrySetResult();
        }
        catch (Exception e)
        {
            _services.Logger.SnapshotFailed(e, Stream);
            wanted.TrySetException(e);
            _ = wanted.Task.Exception; // observed: it has been logged
        }
    }

    private void SnapshotIfDue()
    {
        if (_saving.IsCompleted && _options.Snapshots.IsDue(_eventsSinceSnapshot, _bytesSinceSnapshot, _services.Time.GetElapsedTime(_snapshotTaken)))
            _saving = SaveAndReportAsync();
    }

    private Snapshot Capture()
    {
        _eventsSinceSnapshot = _bytesSinceSnapshot = 0;
        _changedMemory = false;
        _unsaved = true;
        _snapshotTaken = _services.Time.GetTimestamp();
        var memory = new ArrayBufferWriter<byte>(256);
        memory.Number((ulong)Position);
        _memory.Write(memory, _journaled ? message => _messages.Encode((TEvent)message) : null);
        _options.State.Write(State, memory);
        var now = _services.Time.GetUtcNow();
        return new Snapshot
        {
            Incarnation = Incarnation,
            Version = Version,
            Time = now > LastRecorded ? now : LastRecorded,
            Type = _options.State.Type,
            SchemaVersion = _options.State.SchemaVersion,
            Data = memory.WrittenMemory,
        };
    }

    private async Task SaveAfterAsync(Task before, Snapshot snapshot, CancellationToken cancellationToken)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using var activity = ProcessInstruments.Start("snapshot", Stream);
        await _services.Storage.Snapshots.SaveAsync(Stream, snapshot, cancellationToken).ConfigureAwait(true);
        _unsaved = false;
        ProcessInstruments.OnSnapshot(Stream);
        if (_options.TruncateAfterSnapshot)
            await TruncateCoveredAsync(snapshot.Incarnation, cancellationToken).ConfigureAwait(true);
    }

    private async Task SaveAndReportAsync()
    {
        try
        {
            await SaveAfterAsync(Task.CompletedTask, Capture(), CancellationToken.None).ConfigureAwait(true);
        }
        catch (Exception e)
        {
            _services.Logger.SnapshotFailed(e, Stream); // the events are durable; the next trigger tries again
        }
    }

    /// <summary>Removes the events that even the oldest snapshot a recovery could fall back on covers. While fewer can be read than are kept, it could also fall back on the events alone.</summary>
    private async Task TruncateCoveredAsync(int incarnation, CancellationToken cancellationToken)
    {
        var (oldest, readable) = (long.MaxValue, 0);
        await foreach (var read in _services.Storage.Snapshots.ReadAsync(Stream, cancellationToken).ConfigureAwait(true))
        {
            if (read.Snapshot is { } kept && kept.Incarnation == incarnation)
                (oldest, readable) = (Math.Min(oldest, kept.Version), readable + 1);
        }

        if (readable >= _services.Storage.Snapshots.Keep && oldest > 0)
            await _services.Storage.Journal.TruncateAsync(Stream, oldest + 1, incarnation, cancellationToken).ConfigureAwait(true);
    }
}
