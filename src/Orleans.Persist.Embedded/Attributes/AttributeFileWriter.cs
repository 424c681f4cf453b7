using System.Buffers.Binary;
using Orleans.Persist.Embedded.Files;
using Orleans.Persist.Embedded.Segments;

namespace Orleans.Persist.Embedded.Attributes;

/// <summary>Writes the attribute index of a segment that is complete.</summary>
internal static class AttributeFileWriter
{
    /// <summary>Writes the file under another name, flushes it and renames it, so that it is there whole or not at all.</summary>
    public static void Write(IStorageDirectory directory, string name, AttributeTable table, long number, long segmentLength)
    {
        var temporary = name + ".tmp";
        using (var file = directory.OpenWrite(temporary))
        {
            file.SetLength(0);
            Write(new PageWriter(file, AttributeHeader.PageSize), table, number, segmentLength);
            file.Flush();
        }

        directory.Rename(temporary, name);
    }

    private static void Write(PageWriter writer, AttributeTable table, long number, long segmentLength)
    {
        var streams = table.Streams.ToList();
        var keys = table.Keys.Keys.ToArray();
        Array.Sort(keys);
        var pages = Pages(table, keys);
        var several = keys.Sum(key => table.Keys[key].Count is > AttributeHeader.MostOnPage and var count ? count : 0);
        var ids = streams.Sum(stream => stream.Ids);
        new AttributeHeader(number, segmentLength, streams.Count, pages.Count, several, table.Heads.Length, ids).Write(writer.Room(AttributeHeader.Length));
        writer.EndPage();
        foreach (var stream in streams)
            Write(writer.Room(StreamAttributes.Length), stream);
        writer.EndPage();
        WriteKeys(writer, table, keys, pages);
        var postings = new List<AttributePosting>();
        foreach (var key in keys)
        {
            if (table.Find(key) is not { Count: > AttributeHeader.MostOnPage } found)
                continue;
            postings.Clear();
            table.Copy(found, postings);
            foreach (var posting in postings)
                Write(writer.Room(AttributePosting.Length), posting);
        }

        writer.EndPage();
        foreach (var first in pages)
            BinaryPrimitives.WriteUInt64LittleEndian(writer.Room(8), keys[first]);
        writer.EndPage();
        foreach (var head in table.Heads)
            Write(writer.Room(RecordHead.Length), head);
        writer.EndPage();
        foreach (var stream in streams)
        {
            foreach (var id in table.Ids(stream.Stream, stream.Incarnation))
                BinaryPrimitives.WriteUInt64LittleEndian(writer.Room(8), id);
        }

        writer.End();
    }

    /// <summary>Where among the keys each page of them begins.</summary>
    private static List<int> Pages(AttributeTable table, ulong[] keys)
    {
        var pages = new List<int>();
        for (var (i, room) = (0, 0); i < keys.Length; i++)
        {
            var needed = AttributeHeader.KeyRoom(table.Keys[keys[i]].Count);
            if (needed > room)
            {
                pages.Add(i);
                room = AttributeHeader.Payload - AttributeHeader.KeysAt;
            }

            room -= needed;
        }

        return pages;
    }

    private static void WriteKeys(PageWriter writer, AttributeTable table, ulong[] keys, List<int> pages)
    {
        var next = 0;
        var found = new List<AttributePosting>();
        for (var number = 0; number < pages.Count; number++)
        {
            var (first, end) = (pages[number], number + 1 < pages.Count ? pages[number + 1] : keys.Length);
            var page = writer.Room(AttributeHeader.Payload);
            BinaryPrimitives.WriteUInt16LittleEndian(page, (ushort)(end - first));
            var onPage = AttributeHeader.KeysAt + ((end - first) * AttributeHeader.KeyLength);
            for (var i = first; i < end; i++)
            {
                var entry = page[(AttributeHeader.KeysAt + ((i - first) * AttributeHeader.KeyLength))..];
                BinaryPrimitives.WriteUInt64LittleEndian(entry, keys[i]);
                var postings = table.Find(keys[i]);
                if (postings.Count > 1)
                    BinaryPrimitives.WriteInt32LittleEndian(entry[16..], postings.Count);
                if (postings.Count > AttributeHeader.MostOnPage)
                {
                    BinaryPrimitives.WriteInt32LittleEndian(entry[12..], next);
                    next += postings.Count;
                    continue;
                }

                found.Clear();
                table.Copy(postings, found);
                if (found.Count == 1)
                {
                    Write(entry[8..], found[0]);
                    continue;
                }

                BinaryPrimitives.WriteInt32LittleEndian(entry[20..], onPage);
                foreach (var posting in found)
                {
                    Write(page[onPage..], posting);
                    onPage += AttributePosting.Length;
                }
            }

            writer.EndPage();
        }
    }

    private static void Write(Span<byte> bytes, AttributePosting posting)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, posting.Offset);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], posting.At);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], posting.Version);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[12..], posting.Checksum);
    }

    private static void Write(Span<byte> bytes, StreamAttributes stream)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, stream.Stream);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[8..], stream.Incarnation);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[12..], stream.Events);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], stream.First);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], stream.Last);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], stream.Earliest);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[40..], stream.Latest);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[48..], stream.Ids);
    }

    private static void Write(Span<byte> bytes, RecordHead head)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, head.Offset);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], head.Incarnation);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], head.Stream);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], head.Version);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], head.Position);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], head.Recorded);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[40..], head.Events);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[44..], head.PrefixChecksum);
    }
}
