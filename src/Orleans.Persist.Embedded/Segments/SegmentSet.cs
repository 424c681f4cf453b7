using Orleans.Persist.Embedded.Files;
using Orleans.Persist.Embedded.Format;
using Orleans.Persist.Embedded.Streams;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Embedded.Segments;

/// <summary>The segments of a log, in order. The newest one is the one being written.</summary>
internal sealed class SegmentSet(IStorageDirectory directory, TimeProvider time)
{
    private readonly Lock _indexing = new();
    private Segment[] _segments = [];

    public IStorageDirectory Directory { get; } = directory;

    /// <summary>The segments as of now; the array never changes.</summary>
    public ReadOnlySpan<Segment> All => Volatile.Read(ref _segments);

    /// <exception cref="JournalUnavailableException">The journal is closed.</exception>
    public Segment Oldest => All is [var oldest, ..] ? oldest : throw Closed();

    /// <inheritdoc cref="Oldest"/>
    public Segment Newest => All is [.., var newest] ? newest : throw Closed();

    public long Bytes
    {
        get
        {
            var total = 0L;
            foreach (var segment in All)
                total += segment.Length;
            return total;
        }
    }

    /// <summary>How many streams have been deleted since the log was opened: a read in progress looks again at its stream when it changes.</summary>
    public long Deletes
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    }

    /// <summary>Takes what recovery found.</summary>
    public void Load(IEnumerable<Segment> segments) => Volatile.Write(ref _segments, [.. segments]);

    /// <summary>Begins the next segment, durably, and makes it the newest.</summary>
    public Segment Add(long position, long recorded)
    {
        var all = _segments;
        var number = all.Length == 0 ? 1 : all[^1].Name.Number + 1;
        var name = new SegmentName(number, 1);
        var header = new SegmentHeader(number, position, all.Length == 0 ? 0 : all[^1].Length, time.GetUtcNow().UtcTicks);
        var file = Directory.OpenWrite(name.Log);
        try
        {
            file.SetLength(0); // a file left of an earlier attempt
            file.Write(0, header.ToBytes());
            file.Flush();
            Directory.Flush();
        }
        catch
        {
            file.Dispose();
            throw;
        }

        var segment = new Segment(name, header, file, new MemoryIndex(), SegmentHeader.Length, position, recorded);
        Volatile.Write(ref _segments, [.. all, segment]);
        return segment;
    }

    /// <summary>Writes the index file of a segment that is complete; its postings then no longer take memory.</summary>
    public void Seal(Segment segment)
    {
        lock (_indexing)
        {
            if (segment.Index is not MemoryIndex index)
                return;
            FileIndexWriter.Write(Directory, segment.Name.Index, index, segment.Name.Number, segment.Length, segment.NextPosition, segment.Recorded);
            if (FileIndex.TryOpen(Directory, segment.Name.Index) is { } file)
                segment.Index = file;
        }
    }

    /// <summary>Puts a compacted segment in the place of the one with its number.</summary>
    public void Replace(Segment compacted)
    {
        var all = (Segment[])_segments.Clone();
        var at = Array.FindIndex(all, segment => segment.Name.Number == compacted.Name.Number);
        var old = all[at];
        all[at] = compacted;
        Volatile.Write(ref _segments, all);
        old.Release();
    }

    /// <summary>The segment that has this number now, kept open until it is released.</summary>
    /// <exception cref="JournalUnavailableException">The journal is closed.</exception>
    public Segment Acquire(long number)
    {
        while (true)
        {
            var all = All;
            if (all.IsEmpty)
                throw Closed();
            var segment = all[(int)(number - all[0].Name.Number)];
            if (segment.TryAcquire())
                return segment;
        }
    }

    /// <summary>The newest record of a key, or null. Searches from the newest segment to the oldest.</summary>
    /// <param name="key">The stream's or producer's key.</param>
    /// <param name="isMeant">Whether a record is the one meant, and not one of another name with the same key.</param>
    public RecordView? FindNewest(ulong key, Func<RecordView, bool> isMeant)
    {
        var reader = new Reading.RecordReader();
        for (var number = Newest.Name.Number; number >= Oldest.Name.Number; number--)
        {
            var segment = Acquire(number);
            try
            {
                var range = segment.Index.Find(key);
                for (var i = range.Count - 1; i >= 0; i--)
                {
                    var record = reader.Read(segment, range[i].Offset, next: -1);
                    if (isMeant(record))
                        return record;
                }
            }
            finally
            {
                segment.Release();
            }
        }

        return null;
    }

    /// <summary>The durable head of a stream as its newest record tells it.</summary>
    public HeadState FindHead(string stream, ulong key)
    {
        var utf8 = System.Text.Encoding.UTF8.GetBytes(stream);
        if (FindNewest(key, record => record.Name.SequenceEqual(utf8)) is not { } record)
            return HeadState.None;
        var header = record.Header;
        return new HeadState(header.Incarnation, header.Version + header.Events - 1, header.FirstKept, header.Recorded);
    }

    /// <summary>Closes the segments that nobody reads any more; the others when their readers leave them.</summary>
    public void Dispose()
    {
        var all = _segments;
        Volatile.Write(ref _segments, []); // first: who looks for a segment must not be given one that is closed, again and again
        foreach (var segment in all)
            segment.Release();
    }

    private JournalUnavailableException Closed() => new($"The journal in {Directory.Path} is closed.");
}
