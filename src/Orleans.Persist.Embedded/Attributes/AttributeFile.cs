using System.Buffers.Binary;
using Orleans.Persist.Embedded.Files;
using Orleans.Persist.Embedded.Segments;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Embedded.Attributes;

/// <summary>The attribute index of a complete segment, in a file. Held in memory are its streams, its fences (eight bytes for each page of up to 42 keys) and the heads of its long records.</summary>
internal sealed class AttributeFile : IAttributeIndex, IDisposable
{
    private readonly IStorageFile _file;
    private readonly string _name;
    private readonly AttributeHeader _header;
    private readonly Dictionary<(ulong Stream, int Incarnation), StreamAttributes> _streams;
    private readonly ulong[] _fences;
    private readonly RecordHead[] _heads;
    private readonly uint[] _headOffsets;

    private AttributeFile(
        IStorageFile file, string name, AttributeHeader header, Dictionary<(ulong Stream, int Incarnation), StreamAttributes> streams, ulong[] fences, RecordHead[] heads)
    {
        (_file, _name, _header) = (file, name, header);
        (_streams, _fences, _heads) = (streams, fences, heads);
        _headOffsets = Array.ConvertAll(heads, head => head.Offset); // searching the heads themselves would touch a cache line a step
    }

    public bool IsComplete => false;

    /// <summary>Opens the attribute index of a segment, or returns null where there is none that fits.</summary>
    public static AttributeFile? TryOpen(IStorageDirectory directory, Segment segment)
    {
        var name = segment.Name.Attributes;
        IStorageFile? file = null;
        try
        {
            file = directory.OpenRead(name);
            var page = new byte[AttributeHeader.PageSize];
            IndexPage.Read(file, name, 0, page);
            if (AttributeHeader.Parse(page) is { } header
                && header.Number == segment.Name.Number && header.SegmentLength == segment.Length && file.Length == header.TotalPages * AttributeHeader.PageSize)
            {
                return new AttributeFile(
                    file, name, header, ReadStreams(file, name, header, page), ReadFences(file, name, header, page), ReadHeads(file, name, header, page));
            }
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (JournalDamagedException)
        {
            // Derived data: it is made anew from the segment.
        }

        file?.Dispose();
        return null;
    }

    /// <summary>Checks every page of the file, if it is there.</summary>
    /// <exception cref="JournalDamagedException">One does not check.</exception>
    public static void Verify(IStorageDirectory directory, string name)
    {
        if (!directory.List().Contains(name))
            return;
        using var file = directory.OpenRead(name);
        Span<byte> page = stackalloc byte[AttributeHeader.PageSize];
        for (var i = 0L; i < (file.Length + AttributeHeader.PageSize - 1) / AttributeHeader.PageSize; i++)
            IndexPage.Read(file, name, i, page);
    }

    public StreamAttributes? Find(ulong stream, int incarnation) => _streams.GetValueOrDefault((stream, incarnation));

    public AttributePostings Find(ulong key)
    {
        var page = Array.BinarySearch(_fences, key);
        page = page >= 0 ? page : ~page - 1;
        if (page < 0)
            return default;
        Span<byte> bytes = stackalloc byte[AttributeHeader.PageSize];
        IndexPage.Read(_file, _name, _header.KeysPage + page, bytes);
        var (low, high) = (0, (int)BinaryPrimitives.ReadUInt16LittleEndian(bytes));
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            var entry = bytes[(AttributeHeader.KeysAt + (middle * AttributeHeader.KeyLength))..];
            var found = BinaryPrimitives.ReadUInt64LittleEndian(entry);
            if (found == key)
            {
                var single = Posting(entry[8..]);
                if (single.Offset != 0)
                    return new AttributePostings(1, 0, single);
                var (start, count, onPage) = ((int)single.At, (int)single.Version, (int)single.Checksum);
                return onPage == 0 ? new AttributePostings(count, start) : new AttributePostings(count, 0, Few: Postings(bytes.Slice(onPage, count * AttributePosting.Length)));
            }

            if (found < key)
                low = middle + 1;
            else
                high = middle;
        }

        return default;
    }

    public void Copy(AttributePostings postings, List<AttributePosting> destination)
    {
        if (postings.Count == 1)
        {
            destination.Add(postings.Single);
            return;
        }

        if (postings.Few is { } few)
        {
            destination.AddRange(few);
            return;
        }

        Span<byte> bytes = stackalloc byte[AttributeHeader.PageSize];
        for (var done = 0; done < postings.Count;)
        {
            var (page, slot) = Math.DivRem(postings.Start + done, AttributeHeader.PostingsPerPage);
            IndexPage.Read(_file, _name, _header.PostingsPage + page, bytes);
            for (; slot < AttributeHeader.PostingsPerPage && done < postings.Count; slot++, done++)
                destination.Add(Posting(bytes[(slot * AttributePosting.Length)..]));
        }
    }

    public RecordHead FindHead(uint offset)
    {
        var at = _headOffsets.AsSpan().BinarySearch(offset);
        return at < 0 ? default : _heads[at];
    }

    /// <summary>Hands out the identities of a stream's events with ids; false where the stream is not indexed.</summary>
    public bool TryReadIds(ulong stream, int incarnation, Action<ulong> id)
    {
        if (Find(stream, incarnation) is not { } found)
            return false;
        Span<byte> page = stackalloc byte[AttributeHeader.PageSize];
        for (var i = 0; i < found.Ids; i++)
        {
            var (number, slot) = Math.DivRem(found.FirstId + i, AttributeHeader.IdsPerPage);
            if (i == 0 || slot == 0)
                IndexPage.Read(_file, _name, _header.IdsPage + number, page);
            id(BinaryPrimitives.ReadUInt64LittleEndian(page[(slot * 8)..]));
        }

        return true;
    }

    /// <summary>Has it read through memory mapped to the file.</summary>
    public void Map() => _file.Map();

    public void Dispose() => _file.Dispose();

    private static AttributePosting[] Postings(ReadOnlySpan<byte> bytes)
    {
        var postings = new AttributePosting[bytes.Length / AttributePosting.Length];
        for (var i = 0; i < postings.Length; i++)
            postings[i] = Posting(bytes[(i * AttributePosting.Length)..]);
        return postings;
    }

    private static AttributePosting Posting(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]));

    private static Dictionary<(ulong Stream, int Incarnation), StreamAttributes> ReadStreams(IStorageFile file, string name, AttributeHeader header, byte[] page)
    {
        var streams = new Dictionary<(ulong Stream, int Incarnation), StreamAttributes>(header.Streams);
        var ids = 0;
        for (var i = 0; i < header.Streams; i++)
        {
            var (number, slot) = Math.DivRem(i, AttributeHeader.StreamsPerPage);
            if (slot == 0)
                IndexPage.Read(file, name, 1 + number, page);
            var bytes = page.AsSpan(slot * StreamAttributes.Length);
            var stream = new StreamAttributes(
                BinaryPrimitives.ReadUInt64LittleEndian(bytes),
                BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]),
                BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]),
                BinaryPrimitives.ReadInt32LittleEndian(bytes[48..])) { FirstId = ids };
            ids += stream.Ids;
            streams[(stream.Stream, stream.Incarnation)] = stream;
        }

        return streams;
    }

    private static RecordHead[] ReadHeads(IStorageFile file, string name, AttributeHeader header, byte[] page)
    {
        var heads = new RecordHead[header.Heads];
        for (var i = 0; i < heads.Length; i++)
        {
            var (number, slot) = Math.DivRem(i, AttributeHeader.HeadsPerPage);
            if (slot == 0)
                IndexPage.Read(file, name, header.HeadsPage + number, page);
            var bytes = page.AsSpan(slot * RecordHead.Length);
            heads[i] = new RecordHead(
                BinaryPrimitives.ReadUInt32LittleEndian(bytes),
                BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]),
                BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
                BinaryPrimitives.ReadInt32LittleEndian(bytes[40..]),
                BinaryPrimitives.ReadUInt32LittleEndian(bytes[44..]));
        }

        return heads;
    }

    private static ulong[] ReadFences(IStorageFile file, string name, AttributeHeader header, byte[] page)
    {
        var fences = new ulong[header.KeyPages];
        for (var i = 0; i < fences.Length; i++)
        {
            var (number, slot) = Math.DivRem(i, AttributeHeader.FencesPerPage);
            if (slot == 0)
                IndexPage.Read(file, name, header.FencesPage + number, page);
            fences[i] = BinaryPrimitives.ReadUInt64LittleEndian(page.AsSpan(slot * 8));
        }

        return fences;
    }
}
