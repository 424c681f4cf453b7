using Orleans.Persist.Embedded.Attributes;
using Orleans.Persist.Embedded.Files;
using Orleans.Persist.Embedded.Segments;
using Orleans.Persist.Embedded.Streams;
using Orleans.Persist.Embedded.Writing;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Embedded;

/// <summary>A log-structured journal in one directory: all streams interleaved in segment files, written by one thread that flushes once for all appends in flight.</summary>
/// <remarks>
/// <para>Acknowledged means flushed to the device. After a failed write or flush nothing more is written to that segment; the appends
/// in flight fail, and the next append begins a new segment, so the journal goes on when the storage does.</para>
/// <para>Memory: the streams in use (<see cref="EmbeddedOptions.CachedStreams"/>), the index of the newest segment, and eight bytes for 170 streams of each other segment.</para>
/// </remarks>
public sealed partial class EmbeddedJournal : IBlockJournal, IConditionalJournal, IExactIdJournal
{
    private readonly EmbeddedOptions _options;
    private readonly TimeProvider _time;
    private readonly SegmentSet _segments;
    private readonly LogWriter _writer;
    private readonly StreamTable _streams;
    private readonly AttributeIndexes _attributes;
    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationToken _stopping;
    private readonly SemaphoreSlim _compacting = new(1, 1);
    private Task _background = Task.CompletedTask;
    private long _deadBytes;
    private bool _closed;

    private EmbeddedJournal(SegmentSet segments, EmbeddedOptions options, TimeProvider time, RecoveryReport recovery, bool indexAttributes)
    {
        _segments = segments;
        _options = options;
        _time = time;
        Recovery = recovery;
        Limits = new JournalLimits(SegmentLimits.MaxAppendBytes, SegmentLimits.MaxAppendEvents, options.IdWindow);
        _stopping = _closing.Token;
        _attributes = new AttributeIndexes(segments, options.IndexStreamsFrom, options.MapFiles, work => RunInBackground(() => work(_stopping)));
        _writer = new LogWriter(segments, options.SegmentBytes, options.FlushOnCallerBelow, segment => RunInBackground(() => Complete(segment, indexAttributes)));
        _streams = new StreamTable(segments, _attributes, _writer, options.CachedStreams, options.IdWindow);
    }

    /// <inheritdoc/>
    public JournalLimits Limits { get; }

    /// <summary>What opening found left over from a crash.</summary>
    public RecoveryReport Recovery { get; }

    /// <inheritdoc/>
    public long Position => _writer.DurablePosition;

    /// <summary>How many bytes the segments take.</summary>
    public long Bytes => _segments.Bytes;

    /// <summary>What last went wrong in the background (writing an index, compaction), or null.</summary>
    public Exception? BackgroundError { get; private set; }

    /// <summary>How many streams somebody waits for.</summary>
    internal int StreamsWaitedFor
    {
        get
        {
            lock (_writer.Gate)
                return _writer.Signals.Count;
        }
    }

    /// <summary>Opens the log in a directory, or begins one. The caller holds the lock on it.</summary>
    /// <exception cref="JournalDamagedException">A segment is damaged or missing.</exception>
    /// <exception cref="IOException">The directory cannot be read or written.</exception>
    /// <param name="directory">Where it is.</param>
    /// <param name="options">How it works.</param>
    /// <param name="time">The clock.</param>
    /// <param name="indexAttributes">Whether complete segments are indexed by their events' attributes before anybody asks.</param>
    internal static EmbeddedJournal Open(IStorageDirectory directory, EmbeddedOptions options, TimeProvider time, bool indexAttributes = true)
    {
        directory.Create();
        var (segments, report) = SegmentRecovery.Open(directory);
        var set = new SegmentSet(directory, time);
        set.Load(segments);
        try
        {
            if (segments.Count > 0)
                MakeDurable(set);
            if (segments.Count == 0)
                set.Add(position: 1, recorded: 0);
            else if (set.Newest.Sealed)
                ContinueNewest(set);
            var journal = new EmbeddedJournal(set, options, time, report, indexAttributes);
            foreach (var segment in set.All[..^1])
            {
                if (!segment.Sealed)
                    journal.RunInBackground(() => set.Seal(segment));
            }

            return journal;
        }
        catch
        {
            set.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        lock (_writer.Gate)
        {
            if (_closed)
                return;
            _closed = true;
        }

        await _closing.CancelAsync().ConfigureAwait(false);
        var stopped = await Task.Run(() => _writer.Stop(_options.CloseTimeout)).ConfigureAwait(false);
        await _background.WaitAsync(_options.CloseTimeout, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_writer.Gate)
            _writer.Signals.Close(new JournalUnavailableException($"The journal in {_segments.Directory.Path} is closed."));
        if (stopped)
        {
            SealNewest();
            _writer.Dispose();
            _segments.Dispose();
        }

        _closing.Dispose();
        _compacting.Dispose();
    }

    /// <summary>The index file of the newest segment is its seal of a clean end; it saves the next opening the scan.</summary>
    private void SealNewest()
    {
        try
        {
            SegmentSpace.CutOff(_segments.Newest);
            _segments.Seal(_segments.Newest);
        }
        catch (IOException e)
        {
            BackgroundError = e;
        }
    }

    /// <summary>
    /// What a killed process wrote, cut off or created is seen though it may never have been flushed. It is taken for durable
    /// from now on, and later flushes build on it, so it has to be.
    /// </summary>
    private static void MakeDurable(SegmentSet set)
    {
        set.Newest.File.Flush();
        set.Directory.Flush();
    }

    /// <summary>After a clean end the newest segment is written on: its index goes back into memory, and its file is removed.</summary>
    private static void ContinueNewest(SegmentSet set)
    {
        var newest = set.Newest;
        var file = (FileIndex)newest.Index;
        newest.Index = file.ToMemory();
        file.Dispose();
        set.Directory.Delete(newest.Name.Index);
        set.Directory.Flush();
    }

    /// <summary>Completes when the work in the background that has been asked for is done.</summary>
    internal async Task WhenIdleAsync()
    {
        Task background;
        do
        {
            lock (_closing)
                background = _background;
            await background.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        while (background != _background);
    }

    private void Complete(Segment segment, bool indexAttributes)
    {
        _segments.Seal(segment);
        if (indexAttributes)
            _attributes.Build(segment, _stopping);
    }

    private void ThrowIfClosed()
    {
        if (_closed)
            throw new JournalUnavailableException($"The journal in {_segments.Directory.Path} is closed.");
    }

    private void RunInBackground(Action action) => RunInBackground(() =>
    {
        action();
        return Task.CompletedTask;
    });

    private void RunInBackground(Func<Task> action)
    {
        lock (_closing)
        {
            var before = _background;
            _background = Task.Run(async () =>
            {
                await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                try
                {
                    await action().ConfigureAwait(false);
                }
                catch (OperationCanceledException) when (_closed)
                {
                    // Compaction goes on after the next opening.
                }
                catch (Exception e)
                {
                    BackgroundError = e;
                    _options.OnBackgroundError?.Invoke(e);
                }
            });
        }
    }
}
