using System.Buffers.Binary;
using System.Text;
using Orleans.Persist.Embedded.Files;

namespace Orleans.Persist.Embedded.Segments;

/// <summary>Writes the index file of a segment that is complete.</summary>
internal sealed class FileIndexWriter
{
    private const int BufferedPages = 64;
    private readonly IStorageFile _file;
    private readonly byte[] _buffer = new byte[BufferedPages * IndexPage.Size];
    private long _written;
    private int _page;
    private int _at;

    private FileIndexWriter(IStorageFile file) => _file = file;

    private Span<byte> Page => _buffer.AsSpan(_page * IndexPage.Size, IndexPage.Size);

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
            new FileIndexWriter(file).Write(header, lists);
            file.Flush();
        }

        directory.Rename(temporary, name);
        directory.Flush();
        return header;
    }

    private void Write(IndexHeader header, KeyValuePair<ulong, PostingList>[] lists)
    {
        header.Write(Page);
        EndPage();
        var (posting, name) = (0, 0u);
        foreach (var (key, list) in lists)
        {
            var entry = Room(IndexHeader.EntryLength);
            BinaryPrimitives.WriteUInt64LittleEndian(entry, key);
            BinaryPrimitives.WriteInt32LittleEndian(entry[8..], posting);
            BinaryPrimitives.WriteInt32LittleEndian(entry[12..], list.Count);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[16..], list.Name is null ? 0 : name + 1);
            posting += list.Count;
            name += list.Name is null ? 0 : 2 + (uint)Encoding.UTF8.GetByteCount(list.Name);
        }

        EndPage();
        foreach (var (_, list) in lists)
        {
            foreach (var item in list.Items)
            {
                var bytes = Room(Posting.Length);
                BinaryPrimitives.WriteUInt32LittleEndian(bytes, item.Offset);
                BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], item.Incarnation);
                BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], item.Version);
            }
        }

        EndPage();
        foreach (var (_, list) in lists)
        {
            if (list.Name is not null)
                WriteName(Encoding.UTF8.GetBytes(list.Name));
        }

        EndPage();
        for (var i = 0; i < lists.Length; i += IndexHeader.EntriesPerPage)
            BinaryPrimitives.WriteUInt64LittleEndian(Room(8), lists[i].Key);
        EndPage();
        FlushBuffer();
    }

    private void WriteName(ReadOnlySpan<byte> name)
    {
        Span<byte> length = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)name.Length);
        WriteBytes(length);
        WriteBytes(name);
    }

    private void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_at == IndexPage.Payload)
                EndPage();
            var part = Math.Min(bytes.Length, IndexPage.Payload - _at);
            bytes[..part].CopyTo(Page[_at..]);
            _at += part;
            bytes = bytes[part..];
        }
    }

    private Span<byte> Room(int length)
    {
        if (_at + length > IndexPage.Payload)
            EndPage();
        _at += length;
        return Page.Slice(_at - length, length);
    }

    private void EndPage()
    {
        if (_at == 0 && _written + _page > 0)
            return;
        IndexPage.Stamp(Page);
        _at = 0;
        if (++_page == BufferedPages)
            FlushBuffer();
    }

    private void FlushBuffer()
    {
        _file.Write(_written * IndexPage.Size, _buffer.AsSpan(0, _page * IndexPage.Size));
        _written += _page;
        _page = 0;
        Array.Clear(_buffer);
    }
}
