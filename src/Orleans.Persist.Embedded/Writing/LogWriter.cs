using Orleans.Persist.Embedded.Segments;
using Orleans.Persist.Embedded.Streams;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Embedded.Writing;

/// <summary>The one thread that writes. Records queued while it writes and flushes one group form the next: they share a write and a flush.</summary>
internal sealed class LogWriter : IDisposable
{
    // Long enough that a caller which appends again as soon as it is answered finds the thread awake; waking it would cost a fifth of a flush.
    private const int SpinMicroseconds = 60;

    // A group of more goes to the thread pool to complete, so that the next flush need not wait for it.
    private const int CompleteHere = 4;
    private readonly SegmentSet _segments;
    private readonly long _segmentBytes;
    private readonly Action<Segment> _closed;
    private readonly Stack<CommitGroup> _free = new();
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Thread _thread;
    private CommitGroup _filling;
    private CommitGroup? _writing;
    private bool _parked;
    private bool _stopping;
    private bool _poisoned;

    /// <summary>Starts the thread.</summary>
    /// <param name="segments">The log.</param>
    /// <param name="segmentBytes">The size at which a segment is closed.</param>
    /// <param name="closed">Told of each closed segment, whose index is then to be written.</param>
    public LogWriter(SegmentSet segments, long segmentBytes, Action<Segment> closed)
    {
        _segments = segments;
        _segmentBytes = segmentBytes;
        _closed = closed;
        _filling = new CommitGroup(Recycle);
        NextPosition = segments.Newest.NextPosition;
        DurablePosition = NextPosition - 1;
        Recorded = segments.Newest.Recorded;
        _thread = new Thread(Run) { IsBackground = true, Name = "Orleans.Persist journal writer" };
        _thread.Start();
    }

    /// <summary>Guards the queue, the stream entries and the signals.</summary>
    public Lock Gate { get; } = new();

    public AppendSignals Signals { get; } = new();

    /// <summary>The position of the next event to be queued.</summary>
    public long NextPosition { get; set; }

    /// <summary>The newest recorded time given out, in ticks.</summary>
    public long Recorded { get; set; }

    /// <summary>The position of the newest durable event.</summary>
    public long DurablePosition
    {
        get => Volatile.Read(ref field);
        private set => Volatile.Write(ref field, value);
    }

    /// <summary>Whether the group being filled takes no more for now. Under the gate.</summary>
    public bool IsFull => _filling.Length >= SegmentLimits.MaxGroupBytes;

    /// <summary>Called under the gate with the entries whose queued records were lost: they must be loaded again.</summary>
    public Action<StreamEntry>? Lost { get; set; }

    /// <summary>Room for a record's bytes. Under the gate.</summary>
    /// <exception cref="JournalUnavailableException">The journal is closed.</exception>
    public Span<byte> Reserve(int length) => _stopping
        ? throw new JournalUnavailableException($"The journal in {_segments.Directory.Path} is closed.")
        : _filling.Reserve(length);

    /// <summary>Queues the record whose bytes were written at the last <see cref="Reserve"/>. Under the gate.</summary>
    public void Add(PendingRecord record, int length)
    {
        record.Entry.Queued++;
        _filling.Add(record, length);
        if (!_parked)
            return;
        _parked = false;
        _wake.Release();
    }

    /// <summary>Completes when the group being filled is being written, so that the next one takes records again. Under the gate.</summary>
    public Task WhenTaken() => _writing is null ? Task.CompletedTask : DoneOf(_writing);

    /// <summary>Completes when all that is queued now is durable or has failed. Under the gate.</summary>
    public Task WhenWritten()
    {
        var last = _filling.Records.Count > 0 ? _filling : _writing;
        return last is null ? Task.CompletedTask : DoneOf(last);
    }

    /// <summary>Closes the segment being written, so that it can be compacted. Completes when it is done.</summary>
    public async Task CloseSegmentAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task written;
            lock (Gate)
            {
                if (_segments.Newest.Length <= Format.SegmentHeader.Length)
                    return;
                if (_writing is null && _filling.Records.Count == 0)
                {
                    Roll();
                    return;
                }

                written = WhenWritten();
            }

            await written.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Writes what is queued and ends the thread.</summary>
    public bool Stop(TimeSpan timeout)
    {
        lock (Gate)
        {
            _stopping = true;
            if (_parked)
            {
                _parked = false;
                _wake.Release();
            }
        }

        return _thread.Join(timeout);
    }

    public void Dispose() => _wake.Dispose();

    private void Run()
    {
        while (Take() is { } group)
        {
            try
            {
                Write(group);
            }
            catch (Exception e)
            {
                Fail(group, e);
                continue;
            }

            Publish(group);
            if (group.Records.Count <= CompleteHere)
                group.Execute();
            else
                ThreadPool.UnsafeQueueUserWorkItem(group, preferLocal: false);
        }
    }

    /// <summary>The next group to write, or null at the end.</summary>
    private CommitGroup? Take()
    {
        var spinUntil = TimeProvider.System.GetTimestamp() + (TimeProvider.System.TimestampFrequency * SpinMicroseconds / 1_000_000);
        while (true)
        {
            if (Volatile.Read(ref _filling).Length == 0 && !_stopping && TimeProvider.System.GetTimestamp() < spinUntil)
            {
                Thread.SpinWait(20);
                continue;
            }

            lock (Gate)
            {
                if (_filling.Records.Count > 0)
                {
                    _writing = _filling;
                    _filling = _free.TryPop(out var free) ? free : new CommitGroup(Recycle);
                    return _writing;
                }

                if (_stopping)
                    return null;
                _parked = true;
            }

            _wake.Wait();
        }
    }

    private void Write(CommitGroup group)
    {
        if (_poisoned || _segments.Newest.Length >= _segmentBytes)
        {
            lock (Gate)
                Roll();
        }

        var segment = _segments.Newest;
        group.Stamp((uint)segment.Length);
        segment.File.Write(segment.Length, group.Bytes);
        segment.File.Flush();
    }

    private void Roll()
    {
        var old = _segments.Newest;
        _poisoned = true; // should this fail: the file of the next segment may be there, and says that this one ends here
        _segments.Add(DurablePosition + 1, old.Recorded);
        _poisoned = false;
        _closed(old);
    }

    /// <summary>Makes a flushed group visible to readers.</summary>
    private void Publish(CommitGroup group)
    {
        lock (Gate)
        {
            var segment = _segments.Newest;
            var index = (MemoryIndex)segment.Index;
            foreach (var record in group.Records)
            {
                var (entry, after) = (record.Entry, record.After);
                if (entry.Postings.Index != index)
                    entry.Postings = (index, index.List(entry.Key, entry.Name));
                var posting = new Posting((uint)(segment.Length + record.Offset), after.Incarnation, record.Version);
                entry.Postings.List.Add(posting);
                if (record.ProducerKey != 0)
                    index.List(record.ProducerKey, name: null).Add(posting);
                segment.Recorded = after.Recorded;
                DurablePosition = Math.Max(DurablePosition, record.Result.LastPosition);
            }

            segment.Length += group.Length;
            segment.NextPosition = DurablePosition + 1;
            foreach (var record in group.Records)
            {
                if (record.After.Incarnation != record.Entry.Durable.Incarnation)
                    _segments.Deletes++;
                record.Entry.Durable = record.After;
                record.Entry.Queued--;
                Signals.Changed(record.Entry);
            }

            Signals.Changed();
            _writing = null;
        }
    }

    /// <summary>
    /// What a failed write or flush left on the disk is unknown, so nothing more is written behind it: the next group begins a new segment,
    /// which says where this one ends. All that was queued meanwhile builds on what failed, and fails too.
    /// </summary>
    private void Fail(CommitGroup group, Exception cause)
    {
        var error = new JournalUnavailableException(
            $"Writing to {_segments.Directory.Path} failed: {cause.Message} What was acknowledged is safe; append again, with the same ids, when the storage works.", cause);
        CommitGroup queued;
        lock (Gate)
        {
            queued = _filling;
            _filling = _free.TryPop(out var free) ? free : new CommitGroup(Recycle);
            foreach (var entry in group.Records.Concat(queued.Records).Select(record => record.Entry).Distinct())
            {
                entry.Queued = 0;
                Lost?.Invoke(entry);
            }

            NextPosition = DurablePosition + 1;
            _poisoned = true;
            _writing = null;
        }

        CutOff(_segments.Newest);
        group.Fail(error);
        queued.Fail(error);
    }

    private static void CutOff(Segment segment)
    {
        try
        {
            segment.File.SetLength(segment.Length);
        }
        catch (IOException)
        {
            // The storage fails just now. The next segment says how much of this one counts.
        }
    }

    private static Task DoneOf(CommitGroup group) =>
        (group.Done ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    private void Recycle(CommitGroup group)
    {
        lock (Gate)
        {
            if (_free.Count < 8)
                _free.Push(group);
        }
    }
}
