namespace Orleans.Persist.Embedded.Segments;

/// <summary>The postings of one key in the segment being written. One writer appends; readers see a count taken before.</summary>
internal sealed class PostingList(string? name)
{
    private Posting[] _items = new Posting[4];
    private int _count;

    /// <summary>The stream's name; null where the key is a producer's.</summary>
    public string? Name { get; } = name;

    public int Count => Volatile.Read(ref _count);

    public ReadOnlySpan<Posting> Items
    {
        get
        {
            var count = Count;
            return Volatile.Read(ref _items).AsSpan(0, count);
        }
    }

    public void Add(Posting posting)
    {
        if (_count == _items.Length)
        {
            var larger = new Posting[_count * 2];
            _items.CopyTo(larger, 0);
            Volatile.Write(ref _items, larger);
        }

        _items[_count] = posting;
        Volatile.Write(ref _count, _count + 1);
    }
}
