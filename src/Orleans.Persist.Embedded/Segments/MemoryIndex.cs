using System.Collections.Concurrent;

namespace Orleans.Persist.Embedded.Segments;

/// <summary>The index of the segment that is being written, or of one whose index file is still to be written.</summary>
internal sealed class MemoryIndex : ISegmentIndex
{
    private readonly ConcurrentDictionary<ulong, PostingList> _lists = new(concurrencyLevel: 1, capacity: 1024);

    public ICollection<KeyValuePair<ulong, PostingList>> Lists => _lists;

    public PostingRange Find(ulong key) =>
        _lists.TryGetValue(key, out var list) ? new PostingRange(this, 0, list.Count, list) : new PostingRange(this, 0, 0);

    public int Copy(PostingRange range, int index, Span<Posting> destination)
    {
        var items = range.List!.Items[index..range.Count];
        var count = Math.Min(items.Length, destination.Length);
        items[..count].CopyTo(destination);
        return count;
    }

    public IEnumerable<KeyValuePair<ulong, string>> Streams() =>
        _lists.Where(list => list.Value.Name is not null).Select(list => KeyValuePair.Create(list.Key, list.Value.Name!));

    /// <summary>The list to which a key's postings are added. Only the writer calls this.</summary>
    public PostingList List(ulong key, string? name) => _lists.GetOrAdd(key, static (_, name) => new PostingList(name), name);
}
