using Orleans.Persist.Embedded.Files;

namespace Orleans.Persist.Embedded.Segments;

/// <summary>Fills pages that end with their checksum, and writes them to a file from its begin.</summary>
internal sealed class PageWriter(IStorageFile file, int pageSize)
{
    private readonly byte[] _buffer = new byte[(256 << 10) / pageSize * pageSize];
    private long _written;
    private int _page;
    private int _at;

    private int Payload => pageSize - IndexPage.ChecksumLength;

    private Span<byte> Page => _buffer.AsSpan(_page * pageSize, pageSize);

    /// <summary>Room that does not cross pages, on this page or the next one.</summary>
    public Span<byte> Room(int length)
    {
        if (_at + length > Payload)
            EndPage();
        _at += length;
        return Page.Slice(_at - length, length);
    }

    /// <summary>Writes bytes that may cross pages.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_at == Payload)
                EndPage();
            var part = Math.Min(bytes.Length, Payload - _at);
            bytes[..part].CopyTo(Page[_at..]);
            _at += part;
            bytes = bytes[part..];
        }
    }

    /// <summary>Ends the page, if there is anything on it.</summary>
    public void EndPage()
    {
        if (_at == 0)
            return;
        IndexPage.Stamp(Page);
        _at = 0;
        if ((++_page * pageSize) == _buffer.Length)
            FlushBuffer();
    }

    /// <summary>Hands what is left to the file.</summary>
    public void End()
    {
        EndPage();
        FlushBuffer();
    }

    private void FlushBuffer()
    {
        file.Write(_written * pageSize, _buffer.AsSpan(0, _page * pageSize));
        _written += _page;
        _page = 0;
        Array.Clear(_buffer);
    }
}
