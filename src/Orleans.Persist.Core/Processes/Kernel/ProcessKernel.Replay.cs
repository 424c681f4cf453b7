using System.Runtime.CompilerServices;
using Orleans.Persist.Diagnostics;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Processes;

/// <content>What a recovery does with each event.</content>
public sealed partial class ProcessKernel<TState, TEvent>
{
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
        catch (Exception e) when (e is not ReplayDivergedException)
        {
            throw new PoisonEventException(Stream, Incarnation, recorded.Version, StateType, e);
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
}
