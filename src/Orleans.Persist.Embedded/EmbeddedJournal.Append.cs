using System.Runtime.CompilerServices;
using Orleans.Persist.Embedded.Format;
using Orleans.Persist.Embedded.Reading;
using Orleans.Persist.Embedded.Streams;
using Orleans.Persist.Embedded.Writing;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Embedded;

/// <content>The append path.</content>
public sealed partial class EmbeddedJournal
{
    // What an attempt that could not be queued has to wait for or look up before the next one.
    private enum Obstacle
    {
        None,
        NotLoaded,
        Full,
        Unsettled,
        MaybeDuplicate,
        SubjectsUnknown,
        OldProducerNumber,
    }

    /// <inheritdoc/>
    public void RememberIds(string stream)
    {
        StreamName.Validate(stream);
        _streams.RememberIds(stream);
    }

    /// <inheritdoc/>
    public ValueTask<AppendResult> AppendAsync(
        string stream, ExpectedVersion expected, ReadOnlyMemory<EventData> events, ProducerSequence? producer = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var size = AppendCheck.Validate(stream, events.Span, producer, Limits);
        var task = TryAppend(stream, expected, events.Span, producer, size, out var obstacle, out _);
        if (obstacle is not Obstacle.None)
            return AppendSlowlyAsync(stream, expected, null, events, producer, size, cancellationToken);
        return cancellationToken.CanBeCanceled ? new(task.AsTask().WaitAsync(cancellationToken)) : task;
    }

    /// <inheritdoc/>
    public ValueTask<AppendResult> AppendAsync(
        string stream,
        ExpectedVersion expected,
        IReadOnlyCollection<SubjectVersion> subjects,
        ReadOnlyMemory<EventData> events,
        ProducerSequence? producer = null,
        CancellationToken cancellationToken = default)
    {
        SubjectVersion.Validate(subjects);
        if (subjects.Count == 0)
            return AppendAsync(stream, expected, events, producer, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        var size = AppendCheck.Validate(stream, events.Span, producer, Limits);
        return AppendSlowlyAsync(stream, expected, new SubjectCheck(subjects), events, producer, size, cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<AppendResult> AppendSlowlyAsync(
        string stream, ExpectedVersion expected, SubjectCheck? subjects, ReadOnlyMemory<EventData> events, ProducerSequence? producer, long size, CancellationToken cancellationToken)
    {
        HeadState? distinct = null;
        if (subjects is not null)
            await subjects.LookUpAsync(this, stream, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var task = TryAppend(stream, expected, events.Span, producer, size, out var obstacle, out var settled, distinct, subjects);
            switch (obstacle)
            {
                case Obstacle.None:
                    return await task.AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
                case Obstacle.NotLoaded:
                    _streams.Load(stream, HasIds(events.Span), producer?.Producer);
                    break;
                case Obstacle.MaybeDuplicate:
                    await settled.WaitAsync(cancellationToken).ConfigureAwait(false);
                    if (FindDuplicate(stream, events.Span, out var looked) is { } duplicate)
                        return duplicate;
                    distinct = looked; // equal hashes, but other ids
                    break;
                case Obstacle.SubjectsUnknown:
                    await settled.WaitAsync(cancellationToken).ConfigureAwait(false);
                    await subjects!.LookUpAsync(this, stream, cancellationToken).ConfigureAwait(false);
                    break;
                default:
                    await settled.WaitAsync(cancellationToken).ConfigureAwait(false);
                    break;
            }
        }
    }

    private ValueTask<AppendResult> TryAppend(
        string stream,
        ExpectedVersion expected,
        ReadOnlySpan<EventData> events,
        ProducerSequence? producer,
        long size,
        out Obstacle obstacle,
        out Task settled,
        HeadState? distinct = null,
        SubjectCheck? subjects = null)
    {
        settled = Task.CompletedTask;
        ValueTask<AppendResult> task;
        var encoded = EncodedEvents.Of(stream, events, size);
        if (encoded.EventBytes > Limits.MaxAppendBytes)
            throw new AppendTooLargeException(stream, "bytes", encoded.EventBytes, Limits.MaxAppendBytes);
        CommitGroup? mine;
        lock (_writer.Gate)
        {
            ThrowIfClosed();
            var entry = _streams.Find(stream);
            var known = default(ProducerResult);
            obstacle = entry is null || entry.Loading || (encoded.HasIds && !entry.KnowsIds)
                || (producer is { } asked && (entry.Producers is null || !entry.Producers.TryGetValue(asked.Producer, out known)))
                ? Obstacle.NotLoaded
                : Obstacle.None;
            if (obstacle is not Obstacle.None)
                return default;
            obstacle = Check(entry!, expected, encoded.Identities, distinct, producer, known, subjects);
            if (obstacle is Obstacle.None)
            {
                task = Queue(entry!, events, encoded, producer);
                mine = _writer.TakeIfIdle();
                goto queued; // out of the gate
            }

            settled = obstacle is Obstacle.Full ? _writer.WhenTaken() : _writer.WhenWritten();
            if (obstacle is not (Obstacle.OldProducerNumber or Obstacle.Unsettled) || entry!.Queued > 0)
                return default;

            // Nothing of the stream is under way, so the answer stands.
            obstacle = Obstacle.None;
            if (known.Sequence >= producer?.Sequence)
            {
                return new(known.Sequence == producer.Value.Sequence
                    ? known.Result with { Duplicate = true }
                    : new AppendResult(entry.Durable.Incarnation, 0, 0, 0, default, Duplicate: true));
            }

            throw new VersionConflictException(stream, expected, entry.Durable.ToHead(stream));
        }

    queued:
        if (mine is not null)
            _writer.Commit(mine);
        return task;
    }

    private Obstacle Check(
        StreamEntry entry, ExpectedVersion expected, ReadOnlySpan<ulong> identities, HeadState? distinct, ProducerSequence? producer, ProducerResult known, SubjectCheck? subjects)
    {
        if (known.Sequence >= producer?.Sequence)
            return Obstacle.OldProducerNumber;
        foreach (var identity in identities)
        {
            if (identity != 0 && MayBeThere(entry, identity, distinct))
                return Obstacle.MaybeDuplicate;
        }

        if (!expected.IsMetBy(entry.Pending.Version, entry.Pending.Incarnation))
            return Obstacle.Unsettled;
        if (subjects?.Holds(entry) == false)
            return Obstacle.SubjectsUnknown;
        return _writer.IsFull ? Obstacle.Full : Obstacle.None;
    }

    /// <summary>Whether an event may be in the stream already.</summary>
    /// <param name="entry">The stream.</param>
    /// <param name="identity">The event's identity.</param>
    /// <param name="distinct">Up to where it has been looked up, and was not there.</param>
    private bool MayBeThere(StreamEntry entry, ulong identity, HeadState? distinct)
    {
        var newest = entry.Pending;
        if (distinct is { } looked && looked.Incarnation == newest.Incarnation && newest.Version - looked.Version is >= 0 and var since && since <= Limits.IdWindow)
            return entry.Ids!.MayContain(identity, newest.Version, (int)since);
        return entry.Ids!.MayContain(identity, newest.Version, Limits.IdWindow) || entry.AllIds?.MayContain(identity) == true;
    }

    private ValueTask<AppendResult> Queue(StreamEntry entry, ReadOnlySpan<EventData> data, EncodedEvents events, ProducerSequence? producer)
    {
        var head = entry.Pending;
        var recorded = Now();
        var identities = events.Identities;
        var header = new RecordHeader
        {
            Kind = RecordKind.Commit,
            Flags = producer is null ? (byte)0 : RecordHeader.ProducerFlag,
            NameLength = entry.Utf8.Length,
            Recorded = recorded,
            Position = _writer.NextPosition,
            Version = head.Version + 1,
            FirstKept = head.FirstVersion,
            Incarnation = head.Incarnation,
            Count = identities.Length,
        };
        var destination = _writer.Reserve(RecordWriter.MaxPrefix(entry.Utf8.Length) + events.Length);
        var length = RecordWriter.Write(destination, header, entry.Utf8, producer, events);
        var result = new AppendResult(
            head.Incarnation, header.Version, header.LastVersion, header.Position + identities.Length - 1, new DateTimeOffset(recorded, TimeSpan.Zero));
        for (var i = 0; entry.Ids is not null && i < identities.Length; i++)
        {
            entry.Ids.Add(header.Version + i, identities[i]);
            if (identities[i] != 0)
                entry.AllIds?.Add(identities[i]);
        }

        for (var i = 0; entry.Subjects is not null && i < data.Length; i++)
            entry.Subjects.Add(SubjectCheck.IdentityOf(data[i].Subject), entry.Durable.Version);
        if (producer is { } newest)
            (entry.Producers ??= new Dictionary<string, ProducerResult>(StringComparer.Ordinal))[newest.Producer] = new ProducerResult(newest.Sequence, result);
        entry.Pending = head with { Version = header.LastVersion, Recorded = recorded };
        _writer.NextPosition += identities.Length;
        var record = PendingRecord.Rent();
        record.Entry = entry;
        record.Version = header.Version;
        record.After = entry.Pending;
        record.Result = result;
        record.ProducerKey = producer is { } p ? StreamEntry.ProducerKeyOf(entry.Key, p.Producer) : 0;
        var task = record.Task;
        _writer.Add(record, length);
        return task;
    }

    /// <summary>The result the events had when they were stored, or null where none of them is.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="events">The events.</param>
    /// <param name="head">Up to where was looked.</param>
    private AppendResult? FindDuplicate(string stream, ReadOnlySpan<EventData> events, out HeadState head)
    {
        var stored = new Dictionary<(string Source, string Id), RecordedEvent>();
        IdFilter? all;
        lock (_writer.Gate)
        {
            var entry = _streams.Find(stream);
            (head, all) = (entry?.Durable ?? HeadState.None, entry?.AllIds);
        }

        var from = Math.Max(head.FirstVersion, head.Version - Limits.IdWindow + 1);
        using (var cursor = new StreamCursor(_segments, stream, head.Incarnation, from, head.Version))
        {
            while (from <= head.Version && cursor.Next() is { } @event)
                stored[(@event.Source, @event.Id)] = @event;
        }

        if (all is not null && from > head.FirstVersion)
            FindOlder(stream, head, from - 1, events, stored);

        RecordedEvent? Find(EventData data) =>
            data.Id is not null && stored.TryGetValue((data.Source ?? stream, data.Id), out var found) && EventIdentity.Of(found) != 0 ? found : null;

        var first = Find(events[0]);
        var last = first;
        for (var i = 1; i < events.Length; i++)
        {
            var found = Find(events[i]);
            if (found is not null && found.Version != first?.Version + i)
                throw new DuplicateEventException(stream, found.Id, found.Version);
            if (found is null && first is not null)
                throw new DuplicateEventException(stream, first.Id, first.Version);
            last = found;
        }

        return first is null || last is null
            ? null
            : new AppendResult(first.Incarnation, first.Version, last.Version, last.Position, last.Recorded, Duplicate: true);
    }

    /// <summary>Looks up the events with ids that are not among the newest in the index of ids.</summary>
    private void FindOlder(string stream, HeadState head, long until, ReadOnlySpan<EventData> events, Dictionary<(string Source, string Id), RecordedEvent> stored)
    {
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        foreach (var data in events)
        {
            if (data.Id is not null && !stored.ContainsKey((data.Source ?? stream, data.Id)))
                wanted.Add(data.Id);
        }

        if (wanted.Count == 0)
            return;
        var filter = new EventFilter { Ids = wanted };
        using var cursor = new IndexedCursor(_segments, _attributes, stream, head.Incarnation, head.FirstVersion, until, filter, backward: true, ownIds: true);
        while (cursor.Next() is { } @event)
        {
            if (EventIdentity.Of(@event) != 0 && wanted.Contains(@event.Id))
                stored.TryAdd((@event.Source, @event.Id), @event);
        }
    }

    private static bool HasIds(ReadOnlySpan<EventData> events)
    {
        foreach (var @event in events)
        {
            if (@event.Id is not null)
                return true;
        }

        return false;
    }

    /// <summary>The time now, never earlier than any recorded before. Under the gate.</summary>
    private long Now() => _writer.Recorded = Math.Max(_writer.Recorded, _time.GetUtcNow().UtcTicks);
}
