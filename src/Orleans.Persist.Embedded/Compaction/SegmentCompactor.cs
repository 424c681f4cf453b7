using Orleans.Persist.Embedded.Format;
using Orleans.Persist.Embedded.Reading;
using Orleans.Persist.Embedded.Segments;
using Orleans.Persist.Embedded.Streams;

namespace Orleans.Persist.Embedded.Compaction;

/// <summary>Rewrites complete segments without the records nobody can read any more.</summary>
/// <remarks>
/// A segment's next generation is written whole, flushed, and takes the place of the one before; a crash leaves one of the two.
/// Kept, even without readable events, are a stream's newest record (it tells the head), and a producer's (it tells its number).
/// Positions, versions and the bytes of kept records do not change.
/// </remarks>
internal sealed class SegmentCompactor(SegmentSet segments, Func<string, HeadState> headOf)
{
    private const int WriteBuffer = 1 << 20;

    // Rewriting a segment to win back less would cost more than it gives.
    private const double WorthwhileShare = 0.1;

    /// <summary>Goes over all complete segments once.</summary>
    public void Run(CancellationToken cancellationToken)
    {
        for (var number = segments.Oldest.Name.Number; number < segments.Newest.Name.Number; number++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var segment = segments.Acquire(number);
            try
            {
                segments.Seal(segment);
                var live = LiveBytes(segment, cancellationToken);
                if (segment.Length - live > segment.Length * WorthwhileShare && segment.Length > SegmentHeader.Length)
                    Rewrite(segment, cancellationToken);
            }
            finally
            {
                segment.Release();
            }
        }
    }

    private long LiveBytes(Segment segment, CancellationToken cancellationToken)
    {
        var live = (long)SegmentHeader.Length;
        var scanner = Scan(segment);
        while (scanner.Next())
        {
            cancellationToken.ThrowIfCancellationRequested();
            live += Survivor(scanner.Current).Length;
        }

        return live;
    }

    private void Rewrite(Segment segment, CancellationToken cancellationToken)
    {
        var directory = segments.Directory;
        var name = segment.Name with { Generation = segment.Name.Generation + 1 };
        var temporary = name.Log + ".tmp";
        var index = new MemoryIndex();
        long length;
        using (var file = directory.OpenWrite(temporary))
        {
            file.SetLength(0);
            length = Copy(segment, file, index, cancellationToken);
            file.Flush();
        }

        FileIndexWriter.Write(directory, name.Index, index, name.Number, length, segment.NextPosition, segment.Recorded);
        directory.Rename(temporary, name.Log);
        directory.Flush();
        segments.Replace(new Segment(
            name, segment.Header, directory.OpenRead(name.Log), FileIndex.TryOpen(directory, name.Index) ?? (ISegmentIndex)index, length, segment.NextPosition, segment.Recorded));
        directory.Delete(segment.Name.Log);
        directory.Delete(segment.Name.Index);
        if (directory.List().Contains(segment.Name.Attributes))
            directory.Delete(segment.Name.Attributes);
        directory.Flush();
    }

    private long Copy(Segment segment, Files.IStorageFile file, MemoryIndex index, CancellationToken cancellationToken)
    {
        file.Write(0, segment.Header.ToBytes());
        var offset = (long)SegmentHeader.Length;
        using var buffer = new MemoryStream(WriteBuffer);
        var scanner = Scan(segment);
        while (scanner.Next())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var survivor = Survivor(scanner.Current);
            if (survivor.IsEmpty)
                continue;
            SegmentRecovery.Index(index, new RecordView(survivor), offset + buffer.Length);
            buffer.Write(survivor.Span);
            if (buffer.Length >= WriteBuffer)
                offset = Flush();
        }

        return Flush();

        long Flush()
        {
            file.Write(offset, buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
            offset += buffer.Length;
            buffer.SetLength(0);
            return offset;
        }
    }

    /// <summary>What is kept of a record: itself, a shorter one, or nothing.</summary>
    private ReadOnlyMemory<byte> Survivor(RecordView record)
    {
        var header = record.Header;
        var head = headOf(record.ReadName());
        if (header.Incarnation != head.Incarnation)
            return ReadOnlyMemory<byte>.Empty;
        if (header.Kind is RecordKind.Commit)
        {
            // The newest record of the stream tells its first kept version; an older one that is truncated away tells nothing any more.
            if (header.LastVersion >= head.FirstVersion || header.FirstKept == head.FirstVersion)
                return record.Bytes;
            return IsNewestOfProducer(record) ? WithoutEvents(record) : ReadOnlyMemory<byte>.Empty;
        }

        if (header.Kind is RecordKind.Producer)
            return IsNewestOfProducer(record) ? record.Bytes : ReadOnlyMemory<byte>.Empty;
        return header.FirstKept == head.FirstVersion && header.Version > head.Version ? record.Bytes : ReadOnlyMemory<byte>.Empty;
    }

    private bool IsNewestOfProducer(RecordView record)
    {
        if (record.ReadProducer() is not { } producer)
            return false;
        var name = record.Name.ToArray();
        var key = StreamEntry.ProducerKeyOf(StreamEntry.KeyOf(record.ReadName()), producer.Producer);
        var newest = segments.FindNewest(key, found => found.Name.SequenceEqual(name) && found.ReadProducer()?.Producer == producer.Producer);
        return newest is { } found2 && found2.Header.Position == record.Header.Position;
    }

    /// <summary>A record that remembers the producer's number and the versions its append had.</summary>
    private static ReadOnlyMemory<byte> WithoutEvents(RecordView record)
    {
        var bytes = record.Bytes[..record.EventsOffset].ToArray();
        bytes[8] = (byte)RecordKind.Producer;
        RecordHeader.Stamp(bytes, RecordHeader.FlushedOf(bytes));
        return bytes;
    }

    private static RecordScanner Scan(Segment segment) =>
        new(segment.File, segment.Name.Log, SegmentHeader.Length, segment.Length, keep: false);
}
