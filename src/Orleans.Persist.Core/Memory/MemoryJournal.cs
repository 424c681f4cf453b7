using System.Runtime.CompilerServices;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Memory;

/// <summary>A journal in memory: for tests, for volatile sources, and the oracle that the other plug-ins are compared with.</summary>
/// <param name="timeProvider">The clock for recorded times; the system's by default.</param>
/// <param name="limits">The bounds to enforce.</param>
public sealed class MemoryJournal(TimeProvider? timeProvider = null, JournalLimits? limits = null) : IPositionedJournal, IConditionalJournal, IExactIdJournal
{
    private readonly TimeProvider _time = timeProvider ?? TimeProvider.System;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, StreamState> _streams = new(StringComparer.Ordinal);
    private readonly SortedDictionary<long, RecordedEvent> _all = [];
    private TaskCompletionSource _appended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _position;

    /// <inheritdoc/>
    public JournalLimits Limits { get; } = limits ?? new JournalLimits(64 << 20, 100_000, 512);

    /// <summary>The incarnation in which streams begin: above 1 where the journal takes the place of one that is gone.</summary>
    internal int FirstIncarnation { get; init; } = 1;

    /// <inheritdoc/>
    public long Position => Volatile.Read(ref _position);

    /// <inheritdoc/>
    public void RememberIds(string stream)
    {
        lock (_lock)
            State(stream).RememberIds();
    }

    /// <inheritdoc/>
    public ValueTask<AppendResult> AppendAsync(
        string stream, ExpectedVersion expected, ReadOnlyMemory<EventData> events, ProducerSequence? producer = null, CancellationToken cancellationToken = default) =>
        AppendAsync(stream, expected, [], events, producer, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<AppendResult> AppendAsync(
        string stream,
        ExpectedVersion expected,
        IReadOnlyCollection<SubjectVersion> subjects,
        ReadOnlyMemory<EventData> events,
        ProducerSequence? producer = null,
        CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        SubjectVersion.Validate(subjects);
        AppendCheck.Validate(stream, events.Span, producer, Limits);
        lock (_lock)
        {
            var state = State(stream);
            if (producer is { } p && state.Producers.TryGetValue(p.Producer, out var last) && p.Sequence <= last.Sequence)
                return new(p.Sequence == last.Sequence ? last.Result with { Duplicate = true } : new AppendResult(state.Head.Incarnation, 0, 0, 0, default, Duplicate: true));
            if (Duplicate(state, events.Span) is { } duplicate)
                return new(duplicate);
            if (!expected.IsMetBy(state.Head.Version, state.Head.Incarnation))
                throw new VersionConflictException(stream, expected, state.Head);
            foreach (var subject in subjects)
            {
                var newest = state.Events.FindLast(e => e.Subject == subject.Subject)?.Version ?? 0;
                if (!subject.IsMetBy(newest, state.Head.FirstVersion))
                    throw new SubjectConflictException(stream, subject, newest);
            }

            var result = Store(state, events.Span);
            if (producer is { } number)
                state.Producers[number.Producer] = (number.Sequence, result);
            return new(result);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> ReadAsync(
        string stream, ReadRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        StreamHead head;
        lock (_lock)
            head = State(stream).Head;
        if (request.Incarnation != 0 && request.Incarnation != head.Incarnation)
            throw new StreamIncarnationException(stream, request.Incarnation, head.Incarnation);
        var (low, high) = request.Range(head);
        var count = high < low ? 0 : high - low + 1;
        for (long i = 0, left = request.Limit; i < count && left > 0; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            RecordedEvent? @event = null;
            lock (_lock)
            {
                var state = State(stream);
                if (state.Head.Incarnation != head.Incarnation)
                    throw new StreamIncarnationException(stream, head.Incarnation, state.Head.Incarnation);
                var index = (request.Backward ? high - i : low + i) - state.Head.FirstVersion;
                if (index >= 0)
                    @event = state.Events[(int)index];
            }

            if (@event is null || request.Filter?.Matches(@event) == false)
                continue;
            left--;
            yield return @event;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> ReadAllAsync(
        long fromPosition = 1, EventFilter? filter = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        RecordedEvent[] events;
        lock (_lock)
            events = [.. _all.Values];
        foreach (var @event in events.Where(e => e.Position >= fromPosition && filter?.Matches(e) != false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return @event;
        }
    }

    /// <inheritdoc/>
    public ValueTask<StreamHead> GetHeadAsync(string stream, CancellationToken cancellationToken = default)
    {
        lock (_lock)
            return new(State(stream).Head);
    }

    /// <inheritdoc/>
    public async ValueTask<StreamHead> WaitForAppendAsync(string stream, int incarnation, long version, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                var state = State(stream);
                if (state.Head.Incarnation != incarnation || state.Head.Version > version)
                    return state.Head;
                changed = state.Changed.Task;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<long> WaitForPositionAsync(long position, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Task appended;
            lock (_lock)
            {
                if (_position > position)
                    return _position;
                appended = _appended.Task;
            }

            await appended.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public ValueTask TruncateAsync(string stream, long beforeVersion, int incarnation, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            var state = State(stream);
            StreamIncarnationException.ThrowIfNot(incarnation, state.Head);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(beforeVersion, state.Head.Version + 1);
            var remove = (int)Math.Max(0, beforeVersion - state.Head.FirstVersion);
            Forget(state.Events.Take(remove));
            state.Remove(remove);
            if (remove > 0)
                Change(state, state.Head with { FirstVersion = state.Head.FirstVersion + remove, Recorded = Now(state) });
            return default;
        }
    }

    /// <inheritdoc/>
    public ValueTask<StreamHead> DeleteAsync(string stream, ExpectedVersion expected, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            var state = State(stream);
            if (!expected.IsMetBy(state.Head.Version, state.Head.Incarnation))
                throw new VersionConflictException(stream, expected, state.Head);
            if (state.Head.Version > 0)
            {
                Forget(state.Events);
                state.Clear();
                Change(state, new StreamHead(stream, state.Head.Incarnation + 1, 0, 1, Now(state)));
            }

            return new(state.Head);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StreamHead> ListStreamsAsync(string prefix = "", [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        StreamHead[] heads;
        lock (_lock)
            heads = [.. _streams.Values.Select(s => s.Head).Where(h => h.Exists && h.Stream.StartsWith(prefix, StringComparison.Ordinal))];
        foreach (var head in heads)
            yield return head;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => default;

    private AppendResult? Duplicate(StreamState state, ReadOnlySpan<EventData> events)
    {
        var first = state.Find(events[0], Limits.IdWindow);
        var last = first;
        for (var i = 1; i < events.Length; i++)
        {
            var found = state.Find(events[i], Limits.IdWindow);
            if (found is not null && found.Version != first?.Version + i)
                throw new DuplicateEventException(state.Head.Stream, found.Id, found.Version);
            if (found is null && first is not null)
                throw new DuplicateEventException(state.Head.Stream, first.Id, first.Version);
            last = found;
        }

        return first is null || last is null ? null
            : new AppendResult(first.Incarnation, first.Version, last.Version, last.Position, last.Recorded, Duplicate: true);
    }

    private AppendResult Store(StreamState state, ReadOnlySpan<EventData> events)
    {
        var recorded = Now(state);
        var bodies = new byte[events.Length][];
        long size = 0;
        for (var i = 0; i < events.Length; i++)
        {
            var body = new byte[EventBody.MaxLength(events[i])];
            Array.Resize(ref body, EventBody.Write(events[i], recorded.UtcTicks, body));
            bodies[i] = body;
            size += body.Length;
        }

        if (size > Limits.MaxAppendBytes)
            throw new AppendTooLargeException(state.Head.Stream, "bytes", size, Limits.MaxAppendBytes);
        var (incarnation, version) = (state.Head.Incarnation, state.Head.Version);
        foreach (var body in bodies)
        {
            var @event = new RecordedEvent(state.Head.Stream, incarnation, ++version, ++_position, recorded.UtcDateTime, body);
            state.Add(@event);
            _all.Add(_position, @event);
        }

        Change(state, state.Head with { Version = version, Recorded = recorded });
        (var appended, _appended) = (_appended, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        appended.SetResult();
        return new AppendResult(incarnation, version - bodies.Length + 1, version, _position, recorded);
    }

    private static void Change(StreamState state, StreamHead head)
    {
        state.Head = head;
        var changed = state.Changed;
        state.Changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }

    private void Forget(IEnumerable<RecordedEvent> events)
    {
        foreach (var @event in events)
            _all.Remove(@event.Position);
    }

    private DateTimeOffset Now(StreamState state)
    {
        var now = _time.GetUtcNow();
        return now > state.Head.Recorded ? now : state.Head.Recorded;
    }

    private StreamState State(string stream)
    {
        if (_streams.TryGetValue(stream, out var state))
            return state;
        StreamName.Validate(stream);
        return _streams[stream] = new StreamState(stream, FirstIncarnation);
    }
}
