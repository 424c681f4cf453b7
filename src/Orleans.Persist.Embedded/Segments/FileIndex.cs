using System.Buffers.Binary;
using System.Text;
using Orleans.Persist.Embedded.Files;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Embedded.Segments;

/// <summary>The index file of a complete segment. Only its fences are held in memory: eight bytes for 170 keys.</summary>
internal sealed class FileIndex : ISegmentIndex, IDisposable
{
    private readonly IStorageFile _file;
    private readonly string _name;
    private readonly ulong[] _fences;

    private FileIndex(IStorageFile file, string name, IndexHeader header, ulong[] fences)
    {
        _file = file;
        _name = name;
        Header = header;
        _fences = fences;
    }

    public IndexHeader Header { get; }

    /// <summary>Opens an index file, or returns null where there is none that can be used.</summary>
    public static FileIndex? TryOpen(IStorageDirectory directory, string name)
    {
        IStorageFile? file = null;
        try
        {
            file = directory.OpenRead(name);
            var page = new byte[IndexPage.Size];
            IndexPage.Read(file, name, 0, page);
            if (IndexHeader.Parse(page) is { } header && file.Length == header.TotalPages * IndexPage.Size)
                return new FileIndex(file, name, header, ReadFences(file, name, header, page));
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

    public PostingRange Find(ulong key)
    {
        var page = Array.BinarySearch(_fences, key);
        page = page >= 0 ? page : ~page - 1;
        if (page < 0)
            return new PostingRange(this, 0, 0);
        Span<byte> bytes = stackalloc byte[IndexPage.Size];
        IndexPage.Read(_file, _name, 1 + page, bytes);
        var (low, high) = (0, Math.Min(IndexHeader.EntriesPerPage, Header.Keys - (page * IndexHeader.EntriesPerPage)));
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            var entry = bytes[(middle * IndexHeader.EntryLength)..];
            var found = BinaryPrimitives.ReadUInt64LittleEndian(entry);
            if (found == key)
                return new PostingRange(this, BinaryPrimitives.ReadInt32LittleEndian(entry[8..]), BinaryPrimitives.ReadInt32LittleEndian(entry[12..]));
            if (found < key)
                low = middle + 1;
            else
                high = middle;
        }

        return new PostingRange(this, 0, 0);
    }

    public int Copy(PostingRange range, int index, Span<Posting> destination)
    {
        Span<byte> bytes = stackalloc byte[IndexPage.Size];
        var count = Math.Min(range.Count - index, destination.Length);
        for (var done = 0; done < count;)
        {
            var (page, slot) = Math.DivRem(range.Start + index + done, IndexHeader.PostingsPerPage);
            IndexPage.Read(_file, _name, Header.PostingsPage + page, bytes);
            for (; slot < IndexHeader.PostingsPerPage && done < count; slot++, done++)
            {
                var posting = bytes[(slot * Posting.Length)..];
                destination[done] = new Posting(
                    BinaryPrimitives.ReadUInt32LittleEndian(posting),
                    BinaryPrimitives.ReadInt32LittleEndian(posting[4..]),
                    BinaryPrimitives.ReadInt64LittleEndian(posting[8..]));
            }
        }

        return count;
    }

    public IEnumerable<KeyValuePair<ulong, string>> Streams() =>
        Entries().Where(entry => entry.Name is not null).Select(entry => KeyValuePair.Create(entry.Key, entry.Name!));

    /// <summary>The same index in memory, to go on adding to it.</summary>
    public MemoryIndex ToMemory()
    {
        var memory = new MemoryIndex();
        var postings = new Posting[IndexHeader.PostingsPerPage];
        foreach (var (key, name, range) in Entries())
        {
            var list = memory.List(key, name);
            for (var i = 0; i < range.Count;)
            {
                var count = Copy(range, i, postings);
                foreach (var posting in postings.AsSpan(0, count))
                    list.Add(posting);
                i += count;
            }
        }

        return memory;
    }

    /// <summary>Checks every page.</summary>
    /// <exception cref="JournalDamagedException">One does not check.</exception>
    public void Verify()
    {
        Span<byte> page = stackalloc byte[IndexPage.Size];
        for (var i = 0L; i < Header.TotalPages; i++)
            IndexPage.Read(_file, _name, i, page);
    }

    public void Dispose() => _file.Dispose();

    private static ulong[] ReadFences(IStorageFile file, string name, IndexHeader header, byte[] page)
    {
        var fences = new ulong[header.EntryPages];
        for (var i = 0; i < fences.Length; i++)
        {
            var (number, slot) = Math.DivRem(i, IndexHeader.FencesPerPage);
            if (slot == 0)
                IndexPage.Read(file, name, header.FencesPage + number, page);
            fences[i] = BinaryPrimitives.ReadUInt64LittleEndian(page.AsSpan(slot * 8));
        }

        return fences;
    }

    private IEnumerable<(ulong Key, string? Name, PostingRange Range)> Entries()
    {
        var entries = new byte[IndexPage.Size];
        for (var i = 0; i < Header.Keys; i++)
        {
            var (page, slot) = Math.DivRem(i, IndexHeader.EntriesPerPage);
            if (slot == 0)
                IndexPage.Read(_file, _name, 1 + page, entries);
            var entry = entries.AsMemory(slot * IndexHeader.EntryLength, IndexHeader.EntryLength);
            var name = BinaryPrimitives.ReadUInt32LittleEndian(entry.Span[16..]);
            yield return (
                BinaryPrimitives.ReadUInt64LittleEndian(entry.Span),
                name == 0 ? null : ReadName(name - 1),
                new PostingRange(this, BinaryPrimitives.ReadInt32LittleEndian(entry.Span[8..]), BinaryPrimitives.ReadInt32LittleEndian(entry.Span[12..])));
        }
    }

    private string ReadName(long offset)
    {
        Span<byte> length = stackalloc byte[2];
        ReadBytes(offset, length);
        var name = new byte[BinaryPrimitives.ReadUInt16LittleEndian(length)];
        ReadBytes(offset + 2, name);
        return Encoding.UTF8.GetString(name);
    }

    private void ReadBytes(long offset, Span<byte> destination)
    {
        Span<byte> bytes = stackalloc byte[IndexPage.Size];
        while (!destination.IsEmpty)
        {
            var (page, at) = Math.DivRem(offset, IndexPage.Payload);
            IndexPage.Read(_file, _name, Header.NamesPage + page, bytes);
            var part = Math.Min(destination.Length, IndexPage.Payload - (int)at);
            bytes.Slice((int)at, part).CopyTo(destination);
            destination = destination[part..];
            offset += part;
        }
    }
}
