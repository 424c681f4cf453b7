using Orleans.Persist.Embedded.Compaction;
using Orleans.Persist.Embedded.Format;
using Orleans.Persist.Embedded.Streams;
using Orleans.Persist.Embedded.Writing;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Embedded;

/// <content>Truncation, deletion, and giving back their space.</content>
public sealed partial class EmbeddedJournal
{
    /// <inheritdoc/>
    public async ValueTask TruncateAsync(string stream, long beforeVersion, int incarnation, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Head(stream);
            Task task;
            bool mine;
            HeadState head;
            lock (_writer.Gate)
            {
                ThrowIfClosed();
                if (_streams.Find(stream) is not { Loading: false } entry)
                    continue;
                head = entry.Pending;
                StreamIncarnationException.ThrowIfNot(incarnation, head.ToHead(stream));
                if (beforeVersion > head.Version + 1)
                    throw new ArgumentOutOfRangeException(nameof(beforeVersion), beforeVersion, $"Stream '{stream}' ends at version {head.Version}.");
                if (beforeVersion <= entry.Durable.FirstVersion)
                    return;
                mine = beforeVersion > head.FirstVersion;
                if (!mine)
                {
                    task = _writer.WhenWritten(); // by a truncation that is under way
                }
                else
                {
                    CountDead(beforeVersion - head.FirstVersion);
                    task = QueueMarker(entry, RecordKind.Truncate, head with { FirstVersion = beforeVersion }).AsTask();
                }
            }

            await task.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (!mine && Head(stream) is var now && now.Incarnation == head.Incarnation && now.FirstVersion < beforeVersion)
                continue; // the one under way has failed
            CompactWhenWorthwhile();
            return;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<StreamHead> DeleteAsync(string stream, ExpectedVersion expected, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Head(stream);
            var settled = Task.CompletedTask;
            ValueTask<AppendResult> task = default;
            HeadState after;
            lock (_writer.Gate)
            {
                ThrowIfClosed();
                if (_streams.Find(stream) is not { Loading: false } entry)
                    continue;
                var head = after = entry.Pending;
                var met = expected.IsMetBy(head.Version, head.Incarnation);
                if (met && head.Version > 0)
                {
                    CountDead(head.Version - head.FirstVersion + 1);
                    after = new HeadState(head.Incarnation + 1, 0, 1, head.Recorded);
                    task = QueueMarker(entry, RecordKind.Delete, after);
                    (entry.Ids, entry.Producers, entry.Subjects) = (new IdWindow(Limits.IdWindow), null, null);
                    entry.AllIds = entry.RemembersIds ? new IdFilter(0) : null;
                }
                else if (entry.Queued > 0)
                {
                    settled = _writer.WhenWritten();
                }
                else if (!met)
                {
                    throw new VersionConflictException(stream, expected, head.ToHead(stream));
                }
                else
                {
                    return head.ToHead(stream);
                }
            }

            if (!settled.IsCompleted)
            {
                await settled.WaitAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }

            var result = await task.AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
            CompactWhenWorthwhile();
            return new StreamHead(stream, after.Incarnation, after.Version, after.FirstVersion, result.Recorded);
        }
    }

    /// <summary>Gives back the space of truncated and deleted events now, while appends go on. Ends the segment being written first.</summary>
    /// <exception cref="JournalDamagedException">A segment is damaged; it is left as it is.</exception>
    /// <exception cref="JournalUnavailableException">The storage failed, or the journal is closed.</exception>
    public async Task CompactAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        try
        {
            await _writer.CloseSegmentAsync(linked.Token).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new JournalUnavailableException($"The segment being written to in {_segments.Directory.Path} cannot be ended: {e.Message}", e);
        }

        await CompactSealedAsync(linked.Token).ConfigureAwait(false);
    }

    private async Task CompactSealedAsync(CancellationToken cancellationToken)
    {
        await _compacting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Interlocked.Exchange(ref _deadBytes, 0);
            var compactor = new SegmentCompactor(_segments, Head);
            await Task.Run(() => compactor.Run(cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new JournalUnavailableException($"Compacting {_segments.Directory.Path} failed, and left everything as it was: {e.Message}", e);
        }
        finally
        {
            _compacting.Release();
        }
    }

    private ValueTask<AppendResult> QueueMarker(StreamEntry entry, RecordKind kind, HeadState after)
    {
        var recorded = Now();
        var header = new RecordHeader
        {
            Kind = kind,
            Flags = 0,
            NameLength = entry.Utf8.Length,
            Recorded = recorded,
            Position = _writer.NextPosition,
            Version = after.Version + 1,
            FirstKept = after.FirstVersion,
            Incarnation = after.Incarnation,
        };
        var length = RecordWriter.Write(_writer.Reserve(RecordHeader.Length + entry.Utf8.Length), header, entry.Utf8, null, null);
        entry.Pending = after with { Recorded = recorded };
        var record = PendingRecord.Rent();
        record.Entry = entry;
        record.Version = header.Version;
        record.After = entry.Pending;
        record.Result = new AppendResult(after.Incarnation, 0, after.Version, 0, new DateTimeOffset(recorded, TimeSpan.Zero));
        var task = record.Task;
        _writer.Add(record, length);
        _writer.Wake();
        return task;
    }

    /// <summary>An estimate, by the journal's average size of an event: it only decides when to look.</summary>
    private void CountDead(long events) =>
        Interlocked.Add(ref _deadBytes, (long)(events * (double)_segments.Bytes / Math.Max(1, _writer.NextPosition)));

    private void CompactWhenWorthwhile()
    {
        var dead = Interlocked.Read(ref _deadBytes);
        if (!_options.CompactInBackground || dead < _options.SegmentBytes / 2 || dead < _segments.Bytes / 4)
            return;
        Interlocked.Exchange(ref _deadBytes, 0);
        RunInBackground(() => CompactSealedAsync(_closing.Token));
    }
}
