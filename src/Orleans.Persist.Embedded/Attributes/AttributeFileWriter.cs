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
        var several = keys.Sum(key => table.Keys[key].Count is > 1 and var count ? count : 0);
        new AttributeHeader(number, segmentLength, streams.Count, keys.Length, several).Write(writer.Room(AttributeHeader.Length));
        writer.EndPage();
        foreach (var stream in streams)
            Write(writer.Room(StreamAttributes.Length), stream);
        writer.EndPage();
        WriteKeys(writer, table, keys);
        writer.EndPage();
        var postings = new List<AttributePosting>();
        foreach (var key in keys)
        {
            if (table.Find(key) is not { Count: > 1 } found)
                continue;
            postings.Clear();
            table.Copy(found, postings);
            foreach (var posting in postings)
                Write(writer.Room(AttributePosting.Length), posting);
        }

        writer.EndPage();
        for (var i = 0; i < keys.Length; i += AttributeHeader.KeysPerPage)
            BinaryPrimitives.WriteUInt64LittleEndian(writer.Room(8), keys[i]);
        writer.End();
    }

    private static void WriteKeys(PageWriter writer, AttributeTable table, ulong[] keys)
    {
        var next = 0;
        var single = new List<AttributePosting>(1);
        foreach (var key in keys)
        {
            var entry = writer.Room(AttributeHeader.KeyLength);
            BinaryPrimitives.WriteUInt64LittleEndian(entry, key);
            var found = table.Find(key);
            if (found.Count > 1)
            {
                BinaryPrimitives.WriteInt32LittleEndian(entry[12..], next);
                BinaryPrimitives.WriteInt32LittleEndian(entry[16..], found.Count);
                next += found.Count;
                continue;
            }

            single.Clear();
            table.Copy(found, single);
            Write(entry[8..], single[0]);
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
    }
}
