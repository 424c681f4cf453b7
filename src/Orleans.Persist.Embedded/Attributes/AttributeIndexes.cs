using Orleans.Persist.Embedded.Format;
using Orleans.Persist.Embedded.Reading;
using Orleans.Persist.Embedded.Segments;
using Orleans.Persist.Embedded.Streams;

namespace Orleans.Persist.Embedded.Attributes;

/// <summary>Makes the attribute indexes of segments and finds in them.</summary>
/// <remarks>
/// Nothing of it is on the path of an append: the index of a segment that is complete is made from its file in the background, that of the one being written
/// when it is asked, from the records since it was last asked. A segment whose index is not there yet is read whole.
/// </remarks>
/// <param name="segments">The log.</param>
/// <param name="indexFrom">How many events in a segment a stream must have to be indexed there.</param>
/// <param name="mapFiles">See <see cref="EmbeddedOptions.MapFiles"/>.</param>
/// <param name="background">Runs work in the background.</param>
internal sealed class AttributeIndexes(SegmentSet segments, int indexFrom, bool mapFiles, Action<Action<CancellationToken>> background)
{
    /// <summary>Finds the candidates of a filter in a segment, which the caller keeps open.</summary>
    /// <returns>What the segment holds of the stream, or null where it has to be read to know.</returns>
    public StreamAttributes? Find(
        Segment segment, ulong stream, int incarnation, Func<StreamAttributes, IAttributeIndex, bool> find)
    {
        if (FileOf(segment) is { } file)
            return Find(file);
        var attributes = segment.Attributes;
        lock (attributes.Gate)
        {
            if (attributes.Table is null && segment != segments.Newest)
                return null;
            var table = attributes.Table ??= new AttributeTable();
            Extend(segment, table);
            return Find(table);
        }

        StreamAttributes? Find(IAttributeIndex index)
        {
            if (index.Find(stream, incarnation) is { } found)
                return find(found, index) ? found : null;
            return index.IsComplete ? new StreamAttributes(stream, incarnation, 0, long.MaxValue, 0, 0, 0, 0) : null;
        }
    }

    /// <summary>Hands out the identities of a stream's events with ids in a segment, which the caller keeps open; false where they are not indexed.</summary>
    public bool TryReadIds(Segment segment, ulong stream, int incarnation, Action<ulong> id) =>
        FileOf(segment)?.TryReadIds(stream, incarnation, id) == true;

    /// <summary>The versions of a stream's incarnation that a segment has records of, or null where it has none.</summary>
    public static (long First, long Last)? VersionsIn(Segment segment, ulong stream, int incarnation)
    {
        var range = segment.Index.Find(stream);
        var last = range.Count == 0 ? -1 : range.LastAtOrBefore(new Posting(uint.MaxValue, incarnation, long.MaxValue));
        if (last < 0 || range[last].Incarnation != incarnation)
            return null;
        var first = range.LastAtOrBefore(new Posting(0, incarnation, 0)) + 1;
        return (range[first].Version, LastVersion(segment, range[last]));
    }

    /// <summary>Makes the index file of a complete segment, if it is not there.</summary>
    public void Build(Segment segment, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!segment.TryAcquire())
            return; // replaced by compaction, or closed
        try
        {
            var attributes = segment.Attributes;
            lock (attributes.Gate)
            {
                if (attributes.File is not null || (attributes.File = TryOpen(segment)) is not null)
                    return;
            }

            var included = LargeStreams(segment);
            var table = new AttributeTable(included);
            if (included.Count > 0)
            {
                var scanner = new RecordScanner(segment.File, segment.Name.Log, SegmentHeader.Length, segment.Length, keep: false);
                while (scanner.Next())
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    table.Add(scanner.Current, scanner.Offset);
                }
            }

            AttributeFileWriter.Write(segments.Directory, segment.Name.Attributes, table, segment.Name.Number, segment.Length);
            lock (attributes.Gate)
                (attributes.File, attributes.Table) = (TryOpen(segment), null);
        }
        finally
        {
            segment.Release();
        }
    }

    private AttributeFile? FileOf(Segment segment)
    {
        var attributes = segment.Attributes;
        if (attributes.File is { } file)
            return file;
        if (segment == segments.Newest || Interlocked.Exchange(ref attributes.Requested, 1) == 1)
            return null;
        lock (attributes.Gate)
            attributes.File ??= TryOpen(segment);
        if (attributes.File is null)
            background(stop => Build(segment, stop));
        return attributes.File;
    }

    private AttributeFile? TryOpen(Segment segment)
    {
        var file = AttributeFile.TryOpen(segments.Directory, segment);
        if (file is null || !mapFiles)
            return file;
        file.Map();
        segment.File.Map(); // the index is read for single events of it
        return file;
    }

    private static void Extend(Segment segment, AttributeTable table)
    {
        var attributes = segment.Attributes;
        var end = segment.Length;
        if (attributes.Covered >= end)
            return;
        var scanner = new RecordScanner(segment.File, segment.Name.Log, attributes.Covered, end, keep: false);
        while (scanner.Next())
        {
            table.Add(scanner.Current, scanner.Offset);
            attributes.Covered = scanner.Offset + scanner.Current.Bytes.Length;
        }
    }

    /// <summary>The streams that are worth an index: a few events are as quickly read as looked up.</summary>
    private HashSet<(ulong Stream, int Incarnation)> LargeStreams(Segment segment)
    {
        var large = new HashSet<(ulong Stream, int Incarnation)>();
        foreach (var (key, name) in segment.Index.Streams())
        {
            if (name[0] == '$')
                continue;
            var range = segment.Index.Find(key);
            for (var last = range.Count - 1; last >= 0;)
            {
                var incarnation = range[last].Incarnation;
                var first = range.LastAtOrBefore(new Posting(0, incarnation, 0)) + 1;
                if (LastVersion(segment, range[last]) - range[first].Version + 1 >= indexFrom)
                    large.Add((key, incarnation));
                last = first - 1;
            }
        }

        return large;
    }

    /// <summary>The highest version in a segment's record.</summary>
    public static long LastVersion(Segment segment, Posting posting) => new RecordReader().Read(segment, posting.Offset, next: -1).Header is var header && header.Events > 0
        ? header.LastVersion
        : header.Version - 1;
}
