using System.Runtime.CompilerServices;
using Orleans.Persist.Diagnostics;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;
using Orleans.Persist.Snapshots;

namespace Orleans.Persist.Processes;

/// <content>Recovery: the latest readable snapshot, then every event after it.</content>
public sealed partial class ProcessKernel<TState, TEvent>
{
    private const int EventsPerSign = 256;
    private HashSet<long>? _left;

    /// <summary>Makes the state anew from the journal.</summary>
    /// <exception cref="PoisonEventException">An event cannot be applied and the policy is <see cref="PoisonPolicy.Fail"/>.</exception>
    /// <exception cref="ReplayDivergedException">A journaled message does not repeat what it did.</exception>
    /// <exception cref="HistoryTruncatedException">Events are missing that no readable snapshot covers.</exception>
    /// <exception cref="RecoveryTimeoutException">The storage was silent for too long.</exception>
    public async ValueTask RecoverAsync(RecoveryOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= RecoveryOptions.Latest;
        using var activity = ProcessInstruments.Start("recover", Stream);
        var started = _services.Time.GetTimestamp();
        await BoundedAsync(
            async (silence, token) =>
            {
                while (!await TryRecoverAsync(options, silence, token).ConfigureAwait(true))
                    silence.CancelAfter(_options.RecoveryTimeout);
            },
            cancellationToken).ConfigureAwait(true);
        IsRecovered = !options.IsPast;
        ProcessInstruments.OnRecovered(Stream, _services.Time.GetElapsedTime(started));
    }

    /// <summary>Reads the events that others have stored since, as after a version conflict. A new incarnation is recovered whole.</summary>
    /// <inheritdoc cref="RecoverAsync"/>
    public async ValueTask CatchUpAsync(CancellationToken cancellationToken = default)
    {
        var caughtUp = false;
        if (_intact)
            await BoundedAsync(async (silence, token) => caughtUp = await TryCatchUpAsync(silence, token).ConfigureAwait(true), cancellationToken).ConfigureAwait(true);
        if (!caughtUp)
            await RecoverAsync(null, cancellationToken).ConfigureAwait(true);
    }

    /// <summary>Begins at a snapshot or at nothing, so that a replay can go on from there.</summary>
    internal async ValueTask BeginAsync(RecoveryOptions options, StreamHead head, CancellationToken cancellationToken)
    {
        IsRecovered = _intact = false;
        if (head.Incarnation != Incarnation)
            _left = null; // those were versions of another incarnation
        Incarnation = head.Incarnation;
        Version = 0;
        Position = 0;
        LastRecorded = default;
        _memory.Clear();
        _eventsSinceSnapshot = _bytesSinceSnapshot = 0;
        _changedMemory = false;
        _snapshotTaken = _services.Time.GetTimestamp();
        DropPending(new JournalException($"'{Stream}' was recovered before this was persisted."));
        State = _behavior.CreateState();
        var problem = options.UseSnapshots && options.ToVersion is not 0 ? await LoadSnapshotAsync(options, head, cancellationToken).ConfigureAwait(true) : null;
        if (Version + 1 < head.FirstVersion && (options.ToVersion ?? long.MaxValue) > Version)
            throw new HistoryTruncatedException(Stream, Version + 1, head.FirstVersion, problem);
        _intact = true;
    }

    /// <summary>Applies the next event of the stream.</summary>
    internal void Replay(RecordedEvent recorded)
    {
        if (recorded.Version != Version + 1 || recorded.Incarnation != Incarnation)
            throw new JournalDamagedException($"event {Version + 1} of incarnation {Incarnation} is missing; the next one read is {recorded.Version} of {recorded.Incarnation}", "journal", Stream, Version + 1);
        var body = recorded.Body.Span;
        var stored = recorded.Kernel;
        _intact = false;
        Turn.Begin(Incarnation, recorded.Version, recorded.Time, replaying: true);
        if (_left is null || !_left.Contains(recorded.Version))
            Fold(recorded);
        if (!stored.IsEmpty || Turn.Digest != 0)
            Remember(recorded, stored);
        if (Turn.Timers.Count > 0)
            _memory.Change(Turn.Timers);
        if (Turn.Sends.Count > 0)
            Turn.Sends.Clear(); // they are stored: what waits for its acknowledgement is in the memory
        Version = recorded.Version;
        Position = recorded.Position;
        LastRecorded = recorded.Recorded;
        _eventsSinceSnapshot++;
        _bytesSinceSnapshot += body.Length;
        _intact = true;
    }

    /// <summary>Applies the next event of the stream from its bytes, where nothing about it is special.</summary>
    // A rebuild is over before tiered compilation has got round to its loops.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Replay(EventBlock block, in BlockEvent next)
    {
        var body = block.Body(next);
        if (next.Version == Version + 1 && !EventBody.HasKernel(body) && _left is null && _options.Events.TryReadOne(body, out var single) && !IsMarker(body))
        {
            _intact = false;
            Apply(single, block, next, EventBody.TimeTicks(body));
            _intact = true;
            Version = next.Version;
            Position = next.Position;
            LastRecorded = new DateTimeOffset(next.RecordedTicks, TimeSpan.Zero);
            _eventsSinceSnapshot++;
            _bytesSinceSnapshot += body.Length;
            return;
        }

        Replay(block.ToRecorded(next));
    }

    /// <summary>Says that every event has been replayed.</summary>
    internal void EndReplay() => IsRecovered = true;

    private void TakeState(RecordedEvent recorded)
    {
        try
        {
            State = _options.State.Read(recorded.Data.Span, recorded.Subject ?? "", recorded.SchemaVersion);
        }
        catch (Exception e)
        {
            throw new PoisonEventException(Stream, Incarnation, recorded.Version, StateType, e);
        }
    }

    private ReadRequest Tail(long? to) => new() { From = Version + 1, To = to, Incarnation = Incarnation };

    private async ValueTask<bool> TryRecoverAsync(RecoveryOptions options, CancellationTokenSource silence, CancellationToken cancellationToken)
    {
        var journal = _services.Storage.Journal;
        try
        {
            var head = await journal.GetHeadAsync(Stream, cancellationToken).ConfigureAwait(true);
            silence.CancelAfter(_options.RecoveryTimeout);
            await BeginAsync(options, head, cancellationToken).ConfigureAwait(true);
            silence.CancelAfter(_options.RecoveryTimeout);
            await ReplayAsync(Tail(options.ToVersion), options.ToTime, silence, cancellationToken).ConfigureAwait(true);
            return true;
        }
        catch (PoisonEventException e) when (_options.OnPoison != PoisonPolicy.Fail)
        {
            await LeaveOutAsync(e, cancellationToken).ConfigureAwait(true);
            return false;
        }
        catch (StreamIncarnationException)
        {
            return false; // deleted between the look at its head and the read
        }
    }

    private async ValueTask<bool> TryCatchUpAsync(CancellationTokenSource silence, CancellationToken cancellationToken)
    {
        try
        {
            var head = await _services.Storage.Journal.GetHeadAsync(Stream, cancellationToken).ConfigureAwait(true);
            if (head.Incarnation != Incarnation || head.FirstVersion > Version + 1)
                return false;
            IsRecovered = false;
            await ReplayAsync(Tail(null), null, silence, cancellationToken).ConfigureAwait(true);
            return IsRecovered = true;
        }
        catch (PoisonEventException) when (_options.OnPoison != PoisonPolicy.Fail)
        {
            return false;
        }
        catch (StreamIncarnationException)
        {
            return false;
        }
    }

    private async ValueTask ReplayAsync(ReadRequest request, DateTimeOffset? until, CancellationTokenSource silence, CancellationToken cancellationToken)
    {
        var untilSign = 1;
        await foreach (var recorded in _services.Storage.Journal.ReadAsync(Stream, request, cancellationToken).ConfigureAwait(true))
        {
            if (recorded.Recorded > until)
                break;
            try
            {
                Replay(recorded);
            }
            catch (PoisonEventException e) when (_options.OnPoison != PoisonPolicy.Fail && e.InnerException is UnknownEventTypeException or UnsupportedSchemaVersionException or EventPayloadException)
            {
                await LeaveOutAsync(e, cancellationToken).ConfigureAwait(true);
                Replay(recorded); // it was not decoded, so it has changed nothing: no need to begin again
            }

            if (--untilSign == 0)
            {
                silence.CancelAfter(_options.RecoveryTimeout);
                untilSign = EventsPerSign;
            }
        }
    }

    /// <summary>Reads with a limit on the time for which the storage may be silent.</summary>
    private async ValueTask BoundedAsync(Func<CancellationTokenSource, CancellationToken, Task> read, CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(_options.RecoveryTimeout, _services.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        try
        {
            await read(silence, either.Token).ConfigureAwait(true);
        }
        catch (OperationCanceledException) when (silence.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new RecoveryTimeoutException(Stream, _options.RecoveryTimeout);
        }
    }

    // A rebuild is over before tiered compilation has got round to its loops.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Apply(TEvent @event, EventBlock block, in BlockEvent next, long ticks)
    {
        Turn.Begin(next.Incarnation, next.Version, new DateTimeOffset(ticks, TimeSpan.Zero), replaying: true);
        Turn.MaySend = _journaled;
        try
        {
            State = _behavior.Apply(State, @event, Turn);
        }
        catch (Exception e) when (e is not ReplayDivergedException)
        {
            throw new PoisonEventException(Stream, Incarnation, next.Version, block.ToRecorded(next).Type, e);
        }
        finally
        {
            Turn.MaySend = true;
        }

        if (!_journaled || Turn.Digest == 0)
            return;
        ProcessInstruments.OnDiverged(Stream);
        throw new ReplayDivergedException(Stream, next.Version, block.ToRecorded(next).Type, 0, Turn.Digest);
    }

    private void Fold(RecordedEvent recorded)
    {
        if (IsMarker(recorded))
        {
            if (recorded.Type == StateType)
                TakeState(recorded);
            return;
        }

        Turn.MaySend = _journaled;
        try
        {
            if (_options.Events.TryReadOne(recorded, out var single))
            {
                State = _behavior.Apply(State, single, Turn);
                return;
            }

            _decoded.Clear();
            _options.Events.FromJournal(recorded, _decoded);
            foreach (var @event in _decoded)
                State = _behavior.Apply(State, @event, Turn);
        }
        catch (Exception e) when (e is not ReplayDivergedException)
        {
            throw new PoisonEventException(Stream, Incarnation, recorded.Version, recorded.Type, e);
        }
        finally
        {
            Turn.MaySend = true;
        }
    }

    private void Remember(RecordedEvent recorded, ReadOnlyMemory<byte> stored)
    {
        var record = stored.IsEmpty ? null : ReadRecord(recorded, stored);
        if (_journaled && Turn.Digest != (record?.Digest ?? 0) && _left?.Contains(recorded.Version) is not true)
        {
            var diverged = new ReplayDivergedException(Stream, recorded.Version, recorded.Type, record?.Digest ?? 0, Turn.Digest);
            ProcessInstruments.OnDiverged(Stream);
            throw diverged;
        }

        if (record is null)
            return;
        if (record.Timer is not null)
            _memory.Fired(record.Timer, recorded.Time);
        _memory.Stored(Incarnation, recorded.Version, record.Origin, record.Sends);
        foreach (var (to, number) in record.Acks)
            _memory.Acknowledge(to, number);
    }

    private KernelRecord ReadRecord(RecordedEvent recorded, ReadOnlyMemory<byte> stored)
    {
        try
        {
            return KernelRecord.Read(stored);
        }
        catch (FormatException e)
        {
            throw new JournalDamagedException($"the kernel's record does not parse: {e.Message}", "journal", Stream, recorded.Version, e);
        }
    }

    private async ValueTask<string?> LoadSnapshotAsync(RecoveryOptions options, StreamHead head, CancellationToken cancellationToken)
    {
        string? problem = null;
        await foreach (var read in _services.Storage.Snapshots.ReadAsync(Stream, cancellationToken).ConfigureAwait(true))
        {
            if (read.Snapshot is not { } snapshot)
                problem = $"Snapshot {read.Number} is damaged: {read.Damage?.Message}";
            else if (snapshot.Incarnation != head.Incarnation || snapshot.Version > Math.Min(options.MaxSnapshotVersion ?? long.MaxValue, options.ToVersion ?? long.MaxValue) || snapshot.Time > options.ToTime)
                continue;
            else if (snapshot.Version > head.Version)
                problem = $"Snapshot {read.Number} is of version {snapshot.Version}, the stream ends at {head.Version}.";
            else if (!_options.State.CanRead(snapshot.Type, snapshot.SchemaVersion))
                problem = $"Snapshot {read.Number} is of type '{snapshot.Type}' version {snapshot.SchemaVersion}, which the codec of '{_options.State.Type}' version {_options.State.SchemaVersion} does not read.";
            else if ((problem = TryTake(read.Number, snapshot)) is null)
                return null;
            ProcessInstruments.OnBadSnapshot(Stream);
            _services.Logger.SnapshotNotUsed(Stream, problem);
        }

        return problem;
    }

    private string? TryTake(long number, Snapshot snapshot)
    {
        try
        {
            var reader = new ByteReader(snapshot.Data);
            Position = (long)reader.Number();
            _memory.Read(ref reader, _journaled ? message => _messages.DecodeOne(Stream, message) : null);
            var state = _options.State.Read(reader.Rest().Span, snapshot.Type, snapshot.SchemaVersion);
            State = _behavior.RecoverSnapshot(state, snapshot.Version);
            Version = snapshot.Version;
            LastRecorded = snapshot.Time;
            return null;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _memory.Clear();
            Position = 0;
            State = _behavior.CreateState();
            return $"Snapshot {number} does not parse: {e.Message}";
        }
    }

    private static bool IsMarker(RecordedEvent recorded) => IsMarker(recorded.Body.Span);

    private static bool IsMarker(ReadOnlySpan<byte> body)
    {
        var type = EventBody.Field(body, EventField.Type);
        return type.Length > 0 && type[0] == (byte)'$';
    }
}
