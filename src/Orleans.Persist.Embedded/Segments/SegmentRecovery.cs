using Orleans.Persist.Embedded.Files;
using Orleans.Persist.Embedded.Format;
using Orleans.Persist.Embedded.Reading;
using Orleans.Persist.Embedded.Streams;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Embedded.Segments;

/// <summary>Opens the segments of a log, after a clean end or a crash.</summary>
/// <remarks>
/// Only the newest segment can have a torn end: each older one was complete and flushed before the next was begun.
/// Bytes that are no record are a torn end if nothing behind them was written when they were durable already
/// (every record says up to where its segment was flushed before); otherwise they are damage, and opening fails.
/// </remarks>
internal static class SegmentRecovery
{
    public static (List<Segment> Segments, RecoveryReport Report) Open(IStorageDirectory directory)
    {
        var names = Survivors(directory);
        var headers = names.ConvertAll(name => ReadHeader(directory, name));
        if (headers.Count > 0 && headers[^1] is null)
        {
            DropUnfinished(directory, names[^1]);
            names.RemoveAt(names.Count - 1);
            headers.RemoveAt(headers.Count - 1);
        }

        var segments = new List<Segment>();
        try
        {
            return (segments, Open(directory, names, headers, segments));
        }
        catch
        {
            foreach (var segment in segments)
                segment.Release();
            throw;
        }
    }

    private static RecoveryReport Open(IStorageDirectory directory, List<SegmentName> names, List<SegmentHeader?> headers, List<Segment> segments)
    {
        var (scanned, torn, place) = (0L, 0L, (string?)null);
        for (var i = 0; i < names.Count; i++)
        {
            var header = headers[i] ?? throw new JournalDamagedException("the segment's header does not check", names[i].Log);
            if (i > 0 && names[i].Number != names[i - 1].Number + 1)
                throw new JournalDamagedException($"segment {names[i - 1].Number + 1} is missing before it", names[i].Log);
            var last = i == names.Count - 1;
            long? length = last ? null : headers[i + 1]!.PreviousLength;
            var segment = OpenSealed(directory, names[i], header, length)
                ?? Scan(directory, names[i], header, length, ref torn, ref place, ref scanned);
            segments.Add(segment);
        }

        return new RecoveryReport(segments.Count, scanned, torn, place);
    }

    /// <summary>Adds a record to the index of its segment.</summary>
    public static void Index(MemoryIndex index, RecordView record, long offset)
    {
        var header = record.Header;
        var posting = new Posting((uint)offset, header.Incarnation, header.Version);
        var name = record.ReadName();
        var key = StreamEntry.KeyOf(name);
        index.List(key, name).Add(posting);
        if (record.ReadProducer() is { } producer)
            index.List(StreamEntry.ProducerKeyOf(key, producer.Producer), name: null).Add(posting);
    }

    /// <summary>The newest generation of each segment; what compaction replaced, or left unfinished, is removed.</summary>
    private static List<SegmentName> Survivors(IStorageDirectory directory)
    {
        var files = directory.List();
        var names = files.Where(file => file.EndsWith(".log", StringComparison.Ordinal)).Select(SegmentName.Parse).OfType<SegmentName>()
            .GroupBy(name => name.Number).Select(group => group.MaxBy(name => name.Generation)).OrderBy(name => name.Number).ToList();
        foreach (var file in files)
        {
            if (file.EndsWith(".tmp", StringComparison.Ordinal) || (SegmentName.Parse(file) is { } name && !names.Contains(name)))
                directory.Delete(file);
        }

        return names;
    }

    private static SegmentHeader? ReadHeader(IStorageDirectory directory, SegmentName name)
    {
        using var file = directory.OpenRead(name.Log);
        Span<byte> bytes = stackalloc byte[SegmentHeader.Length];
        var read = file.Read(0, bytes);
        return SegmentHeader.Parse(bytes[..read]);
    }

    /// <summary>A newest segment whose header never became durable holds nothing that was acknowledged.</summary>
    private static void DropUnfinished(IStorageDirectory directory, SegmentName name)
    {
        using (var file = directory.OpenRead(name.Log))
        {
            if (file.Length > SegmentHeader.Length)
                throw new JournalDamagedException("the segment's header does not check", $"{name.Log} at offset 0");
        }

        directory.Delete(name.Log);
        directory.Flush();
    }

    /// <summary>
    /// Opens a segment by its index file, which must tell the length that the file has (the newest segment), or that the next segment says this one had.
    /// Another index is older than the segment: it is removed, lest it be believed later.
    /// </summary>
    private static Segment? OpenSealed(IStorageDirectory directory, SegmentName name, SegmentHeader header, long? length)
    {
        var index = FileIndex.TryOpen(directory, name.Index);
        if (index is not null)
        {
            var file = length is null ? directory.OpenWrite(name.Log) : directory.OpenRead(name.Log);
            var sealedAt = index.Header.SegmentLength;
            var fits = file.Length >= sealedAt && (name.Generation > 1 || sealedAt == (length ?? file.Length));
            if (fits && index.Header.Number == header.Number)
                return new Segment(name, header, file, index, sealedAt, index.Header.NextPosition, index.Header.Recorded);
            index.Dispose();
            file.Dispose();
        }

        if (directory.List().Contains(name.Index))
        {
            directory.Delete(name.Index);
            directory.Flush();
        }

        return null;
    }

    private static Segment Scan(
        IStorageDirectory directory, SegmentName name, SegmentHeader header, long? length, ref long torn, ref string? place, ref long scanned)
    {
        var file = directory.OpenWrite(name.Log);
        try
        {
            return Scan(file, name, header, length, ref torn, ref place, ref scanned);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static Segment Scan(
        IStorageFile file, SegmentName name, SegmentHeader header, long? length, ref long torn, ref string? place, ref long scanned)
    {
        if (name.Generation > 1 && length is not null)
            length = file.Length; // compaction flushed it whole; the next segment tells the length it had before
        var end = Math.Min(length ?? long.MaxValue, file.Length);
        var index = new MemoryIndex();
        var (position, recorded) = (header.Position, 0L);
        var scanner = new RecordScanner(file, name.Log, SegmentHeader.Length, end, keep: false);
        while (scanner.TryNext())
        {
            var record = scanner.Current.Header;
            Index(index, scanner.Current, scanner.Offset);
            position = record.Position + record.Events;
            recorded = Math.Max(recorded, record.Recorded);
        }

        scanned += scanner.Offset;
        if (scanner.Damage is not null)
        {
            var bad = scanner.Offset;
            if (length is not null || RecordScanner.FindRecord(file, bad + 1, end, record => RecordHeader.FlushedOf(record.Span) > bad) >= 0)
                throw new JournalDamagedException(scanner.Damage, $"{name.Log} at offset {bad}");
            torn = RecordScanner.ZerosFrom(file, bad, end) - bad;
            place = torn == 0 ? null : $"{name.Log} at offset {bad}";
        }
        else if (end < length)
        {
            throw new JournalDamagedException($"the segment ends here; {length} bytes of it were acknowledged", $"{name.Log} at offset {end}");
        }

        if (length is null && file.Length > scanner.Offset)
        {
            file.SetLength(scanner.Offset);
            file.Flush();
        }

        return new Segment(name, header, file, index, scanner.Offset, position, recorded);
    }
}
