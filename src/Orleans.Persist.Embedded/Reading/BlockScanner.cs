using System.Runtime.CompilerServices;
using Orleans.Persist.Embedded.Files;
using Orleans.Persist.Embedded.Format;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Embedded.Reading;

/// <summary>Reads a segment in blocks of whole records and checks each.</summary>
internal sealed class BlockScanner(IStorageFile file, string name, long start, long end)
{
    private const int BlockBytes = 1 << 19;
    private long _offset = start;

    /// <summary>The next block, or null at the end.</summary>
    /// <exception cref="JournalDamagedException">There are bytes that are no record.</exception>
    public EventBlock? Next()
    {
        if (_offset >= end)
            return null;
        var size = (int)Math.Min(BlockBytes, end - _offset);
        var block = new EventBlock(size);
        try
        {
            while (true)
            {
                var read = file.ReadOrFail(name, _offset, block.Buffer.AsSpan(0, size));
                var taken = Take(block, read, out var needed);
                if (taken > 0)
                {
                    _offset += taken;
                    return block;
                }

                if (needed > end - _offset)
                    throw Damaged($"a record of {needed} bytes reaches beyond the end", 0);
                size = needed;
                block.Grow(size);
            }
        }
        catch
        {
            block.Release();
            throw;
        }
    }

    // A rebuild is over before tiered compilation has got round to its loops.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Take(EventBlock block, int length, out int needed)
    {
        var at = 0;
        needed = 0;
        var bytes = block.Buffer.AsSpan(0, length);
        while (at < length)
        {
            if (length - at < RecordHeader.Length)
            {
                if (_offset + length == end)
                    throw Damaged("the bytes left are too few for a record", at);
                needed = RecordHeader.Length;
                break;
            }

            var head = bytes[at..];
            if (!RecordHeader.IsPlausible(head))
                throw Damaged("no record begins here", at);
            needed = RecordHeader.LengthOf(head);
            if (needed > length - at)
                break;
            var record = head[..needed];
            if (!RecordHeader.Checks(record))
                throw Damaged($"the checksum of a record of {needed} bytes does not match", at);
            AddEvents(block, record, at);
            at += needed;
        }

        return at;
    }

    // As above.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddEvents(EventBlock block, ReadOnlySpan<byte> record, int offset)
    {
        var header = RecordHeader.Read(record);
        if (header.Events == 0)
            return;
        var name = record.Slice(RecordHeader.Length, header.NameLength);
        var key = StableHash.Of(name);
        var at = header.Flags == 0 ? RecordHeader.Length + header.NameLength : new RecordView(record.ToArray()).EventsOffset;
        for (var i = 0; i < header.Count; i++)
        {
            var length = (int)Varint.Read(record, ref at);
            block.Add(new BlockEvent(
                key, header.Version + i, header.Position + i, header.Recorded, header.Incarnation, offset + RecordHeader.Length, header.NameLength, offset + at, length));
            at += length;
        }
    }

    private JournalDamagedException Damaged(string what, int at) => new(what, $"{name} at offset {_offset + at}");
}
