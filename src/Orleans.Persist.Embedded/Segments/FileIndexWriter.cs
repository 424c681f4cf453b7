using System.Buffers.Binary;
using System.Text;
using Orleans.Persist.Embedded.Files;

namespace Orleans.Persist.Embedded.Segments;

/// <summary>Writes the index file of a segment that is complete.</summary>
internal static class FileIndexWriter
{
    /// <summary>Writes the file under another name, flushes it and renames it, so that it is there whole or not at all.</summary>
    public static IndexHeader Write(
        IStorageDirectory directory, string name, MemoryIndex index, long number, long segmentLength, long nextPosition, long recorded)
    {
        var lists = index.Lists.ToArray();
        Array.Sort(lists, static (a, b) => a.Key.CompareTo(b.Key));
        var header = new IndexHeader(
            number,
            segmentLength,
            nextPosition,
            recorded,
            lists.Length,
            lists.Sum(list => list.Value.Count),
            lists.Sum(list => list.Value.Name is { } stream ? 2L + Encoding.UTF8.GetByteCount(stream) : 0));
        var temporary = name + ".tmp";
        using (var file = directory.OpenWrite(temporary))
        {
            file.SetLength(0);
            Write(new PageWriter(file, IndexPage.Size), header, lists);
            file.Flush();
        }

        directory.Rename(temporary, name);
        directory.Flush();
        return header;
    }

    private static void Write(PageWriter writer, IndexHeader header, KeyValuePair<ulong, PostingList>[] lists)
    {
        header.Write(writer.Room(IndexHeader.Length));
        writer.EndPage();
        var (posting, name) = (0, 0u);
        foreach (var (key, list) in lists)
        {
            var entry = writer.Room(IndexHeader.EntryLength);
            BinaryPrimitives.WriteUInt64LittleEndian(entry, key);
            BinaryPrimitives.WriteInt32LittleEndian(entry[8..], posting);
            BinaryPrimitives.WriteInt32LittleEndian(entry[12..], list.Count);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[16..], list.Name is null ? 0 : name + 1);
            posting += list.Count;
            name += list.Name is null ? 0 : 2 + (uint)Encoding.UTF8.GetByteCount(list.Name);
        }

        writer.EndPage();
        foreach (var (_, list) in lists)
        {
            foreach (var item in list.Items)
            {
                var bytes = writer.Room(Posting.Length);
                BinaryPrimitives.WriteUInt32LittleEndian(bytes, item.Offset);
                BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], item.Incarnation);
                BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], item.Version);
            }
        }

        writer.EndPage();
        foreach (var (_, list) in lists)
        {
            if (list.Name is not null)
                WriteName(writer, Encoding.UTF8.GetBytes(list.Name));
        }

        writer.EndPage();
        for (var i = 0; i < lists.Length; i += IndexHeader.EntriesPerPage)
            BinaryPrimitives.WriteUInt64LittleEndian(writer.Room(8), lists[i].Key);
        writer.EndPage();
        writer.End();
    }

    private static void WriteName(PageWriter writer, ReadOnlySpan<byte> name)
    {
        Span<byte> length = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)name.Length);
        writer.Write(length);
        writer.Write(name);
    }
}
