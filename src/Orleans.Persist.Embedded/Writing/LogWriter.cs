using System.Diagnostics;
using Orleans.Persist.Embedded.Segments;
using Orleans.Persist.Embedded.Streams;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Embedded.Writing;

/// <summary>
/// Writes the log, one group of records at a time: what is queued while one group is written and flushed forms the next, and shares a write and a flush.
/// A thread of its own does it; while flushes are short and nothing else is in flight, the caller of an append does.
/// </summary>
internal sealed class LogWriter : IDisposable
{
    // Long enough that a caller which appends again as soon as it is answered finds the thread awake; waking it would cost a fifth of a flush.
    private const int SpinMicroseconds = 100;

    // A group of more goes to the thread pool to complete, so that the next flush need not wait for it.
    private const int CompleteHere = 128;
    private readonly SegmentSet _segments;
    private readonly long _segmentBytes;
    private readonly Action<Segment> _closed;
    private readonly SegmentSpace _space;
    private readonly long _flushOnCallerBelow;
    private readonly Stack<CommitGroup> _free = new();
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Thread _thread;
    private CommitGroup _filling;
    private CommitGroup? _writing;
    private bool _parked;
    private bool _stopping;
    private bool _poisoned;

    // How many records shared the last write: with more than one, others are appending too, and a caller's flush would hold them up.
    private int _lastGroup;

    // A moving average, in timestamp units; 10 ms until flushes have been seen to be shorter.
    private long _flushTime = Stopwatch.Frequency / 100;

    /// <summary>Starts the thread.</summary>
    /// <param name="segments">The log.</param>
    /// <param name="segmentBytes">The size at which a segment is closed.</param>
    /// <param name="flushOnCallerBelow">While flushes are shorter than this, an append that finds the thread asleep is written and flushed by its caller.</param>
    /// <param name="closed">Told of each closed segment, whose index is then to be written.</param>
    public LogWriter(SegmentSet segments, long segmentBytes, TimeSpan flushOnCallerBelow, Action<Segment> closed)
    {
        _segments = segments;
        _segmentBytes = segmentBytes;
        _flushOnCallerBelow = (long)(flushOnCallerBelow.TotalSeconds * Stopwatch.Frequency);
        _closed = closed;
        _space = new SegmentSpace(segmentBytes);
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
    }

    /// <summary>Has the group being filled written: by the thread, or, if it sleeps and waking it would take longer than the flush, by the caller, who then gets the group to <see cref="Commit"/>. Under the gate.</summary>
    public CommitGroup? TakeIfIdle()
    {
        if (!_parked || _writing is not null)
            return null; // whoever writes now looks for more afterwards
        if (_flushTime < _flushOnCallerBelow && _lastGroup == 1 && !_poisoned && _segments.Newest.Length < _segmentBytes)
            return Take(_filling);
        WakeThread();
        return null;
    }

    /// <summary>Has the thread write the group being filled. Under the gate.</summary>
    public void Wake()
    {
        if (_parked && _writing is null)
            WakeThread();
    }

    /// <summary>Writes and flushes a group, makes it visible, and completes those who wait for it. Not under the gate.</summary>
    public void Commit(CommitGroup group)
    {
        try
        {
            Write(group);
        }
        catch (Exception e)
        {
            Fail(group, e);
            return;
        }

        Publish(group);
        if (group.Records.Count <= CompleteHere)
            group.Execute();
        else
            ThreadPool.UnsafeQueueUserWorkItem(group, preferLocal: false);
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
                WakeThread();
        }

        return _thread.Join(timeout);
    }

    public void Dispose() => _wake.Dispose();

    private void Run()
    {
        while (Take() is { } group)
            Commit(group);
    }

    /// <summary>The next group to write, or null at the end.</summary>
    private CommitGroup? Take()
    {
        var spinUntil = Stopwatch.GetTimestamp() + (Stopwatch.Frequency * SpinMicroseconds / 1_000_000);
        while (true)
        {
            if (Volatile.Read(ref _filling).Length == 0 && !_stopping && Stopwatch.GetTimestamp() < spinUntil)
            {
                Thread.SpinWait(20);
                continue;
            }

            lock (Gate)
            {
                if (_writing is null && _filling.Records.Count > 0)
                    return Take(_filling);
                if (_stopping && _writing is null)
                    return null;
                _parked = true;
            }

            _wake.Wait();
        }
    }

    private CommitGroup Take(CommitGroup group)
    {
        _lastGroup = group.Records.Count;
        _writing = group;
        _filling = _free.TryPop(out var free) ? free : new CommitGroup(Recycle);
        return group;
    }

    private void WakeThread()
    {
        _parked = false;
        _wake.Release();
    }

    /// <summary>Ends the writing of a group; what came meanwhile to a caller's group is the thread's. Under the gate.</summary>
    private void EndWriting()
    {
        _writing = null;
        if (_parked && (_filling.Records.Count > 0 || _stopping))
            WakeThread();
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
        _space.Extend(segment, group.Length);
        var start = Stopwatch.GetTimestamp();
        segment.File.Write(segment.Length, group.Bytes);
        segment.File.Flush();
        _flushTime += (Stopwatch.GetTimestamp() - start - _flushTime) / 8;
    }

    private void Roll()
    {
        // Once a file of the next segment may be there, saying where this one ends, nothing may be written behind that, also if the rest fails.
        _poisoned = true;
        var old = _segments.Newest;
        SegmentSpace.CutOff(old);
        _segments.Add(DurablePosition + 1, old.Recorded);
        _poisoned = false;
        _closed(old);
    }

    /// <summary>Makes a flushed group visible to readers.</summary>
    private void Publish(CommitGroup group)
    {
        var segment = _segments.Newest;
        var (offset, position) = (segment.Length, DurablePosition);
        segment.Length = offset + group.Length;
        var index = (MemoryIndex)segment.Index;
        foreach (var record in group.Records)
        {
            // Only one thread at a time is here, so the postings need no gate; readers look for them once the head says that they are there.
            var entry = record.Entry;
            if (entry.Postings.Segment != segment.Name.Number)
                entry.Postings = (segment.Name.Number, index.List(entry.Key, entry.Name));
            var posting = new Posting((uint)(offset + record.Offset), record.After.Incarnation, record.Version);
            entry.Postings.List!.Add(posting);
            if (record.ProducerKey != 0)
                index.List(record.ProducerKey, name: null).Add(posting);
            segment.Recorded = record.After.Recorded;
            position = Math.Max(position, record.Result.LastPosition);
        }

        segment.NextPosition = position + 1;
        lock (Gate)
        {
            DurablePosition = position;
            foreach (var record in group.Records)
            {
                var entry = record.Entry;
                if (record.After.Incarnation != entry.Durable.Incarnation)
                    _segments.Deletes++;
                entry.Durable = record.After;
                entry.Queued--;
                Signals.Changed(entry);
            }

            Signals.Changed();
            EndWriting();
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
        SegmentSpace.CutOff(_segments.Newest); // while the writing is ours: afterwards the newest may be one that another group is being written to
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
            EndWriting();
        }

        group.Fail(error);
        queued.Fail(error);
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
