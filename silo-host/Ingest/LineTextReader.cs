using System.Text;

namespace Orleans.Persist.SiloHost.Ingest;

/// <summary>The lines of a <see cref="LineReader"/> as text, for a parser that wants a <see cref="TextReader"/>.</summary>
internal sealed class LineTextReader(IAsyncEnumerator<ByteLine> lines) : TextReader
{
    private char[] _line = new char[1024];
    private int _at;
    private int _end;

    /// <inheritdoc/>
    public override async Task<int> ReadAsync(char[] buffer, int index, int count)
    {
        if (_at == _end && !await NextAsync())
            return 0;
        var taken = Math.Min(count, _end - _at);
        _line.AsSpan(_at, taken).CopyTo(buffer.AsSpan(index));
        _at += taken;
        return taken;
    }

    /// <inheritdoc/>
    public override int Read(char[] buffer, int index, int count) => ReadAsync(buffer, index, count).GetAwaiter().GetResult();

    private async ValueTask<bool> NextAsync()
    {
        if (!await lines.MoveNextAsync())
            return false;
        var bytes = lines.Current.Bytes;
        if (_line.Length < bytes.Length)
            _line = new char[Math.Max(bytes.Length, _line.Length * 2)];
        _end = Encoding.UTF8.GetChars(bytes.Span, _line);
        _at = 0;
        return true;
    }
}
