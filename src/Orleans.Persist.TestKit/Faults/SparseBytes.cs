namespace Orleans.Persist.TestKit.Faults;

/// <summary>The content of a file in memory: pages on demand, zeros where nothing was written.</summary>
internal sealed class SparseBytes
{
    private const int PageSize = 4096;
    private readonly List<byte[]?> _pages = [];

    public long Length { get; private set; }

    /// <summary>The bytes that pages take, as a file system would count them.</summary>
    public long Allocated { get; private set; }

    /// <summary>How many bytes of new pages a write would take.</summary>
    public long Needs(long offset, long count)
    {
        long needs = 0;
        for (var page = offset / PageSize; page * PageSize < offset + count; page++)
            needs += page < _pages.Count && _pages[(int)page] is not null ? 0 : PageSize;
        return needs;
    }

    public int Read(long offset, Span<byte> buffer)
    {
        var count = (int)Math.Clamp(Length - offset, 0, buffer.Length);
        for (var done = 0; done < count;)
        {
            var (page, at) = ((int)((offset + done) / PageSize), (int)((offset + done) % PageSize));
            var piece = buffer.Slice(done, Math.Min(count - done, PageSize - at));
            if (page < _pages.Count && _pages[page] is { } bytes)
                bytes.AsSpan(at, piece.Length).CopyTo(piece);
            else
                piece.Clear();
            done += piece.Length;
        }

        return count;
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        for (var done = 0; done < bytes.Length;)
        {
            var (page, at) = ((int)((offset + done) / PageSize), (int)((offset + done) % PageSize));
            var piece = bytes.Slice(done, Math.Min(bytes.Length - done, PageSize - at));
            piece.CopyTo(Page(page).AsSpan(at));
            done += piece.Length;
        }

        Length = Math.Max(Length, offset + bytes.Length);
    }

    public void SetLength(long length)
    {
        if (length < Length)
        {
            var keep = (int)((length + PageSize - 1) / PageSize);
            for (var page = keep; page < _pages.Count; page++)
                Allocated -= _pages[page] is null ? 0 : PageSize;
            if (keep < _pages.Count)
                _pages.RemoveRange(keep, _pages.Count - keep);
            if (length % PageSize is var rest and not 0 && keep == _pages.Count && _pages[^1] is { } last)
                last.AsSpan((int)rest).Clear();
        }

        Length = length;
    }

    public SparseBytes Clone()
    {
        var clone = new SparseBytes { Length = Length, Allocated = Allocated };
        clone._pages.AddRange(_pages.Select(p => (byte[]?)p?.Clone()));
        return clone;
    }

    private byte[] Page(int page)
    {
        while (_pages.Count <= page)
            _pages.Add(null);
        if (_pages[page] is { } there)
            return there;
        Allocated += PageSize;
        return _pages[page] = new byte[PageSize];
    }
}
