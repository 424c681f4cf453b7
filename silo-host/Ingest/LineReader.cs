using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace Orleans.Persist.SiloHost.Ingest;

/// <summary>Cuts a stream of bytes into lines of valid UTF-8, none longer than a bound.</summary>
internal sealed class LineReader(Stream stream, string file, int maxLineBytes = InputLimits.MaxRecordBytes)
{
    private byte[] _buffer = new byte[64 * 1024];

    /// <summary>Reads to the end.</summary>
    /// <exception cref="InputException">A line is too long or not UTF-8, or the stream is damaged (a truncated gzip).</exception>
    public async IAsyncEnumerable<ByteLine> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        int begin = 0, searched = 0, end = 0;
        long number = 1;
        while (true)
        {
            int newline;
            while ((newline = _buffer.AsSpan(searched, end - searched).IndexOf((byte)'\n')) >= 0)
            {
                var next = searched + newline + 1;
                yield return Line(number++, begin, next);
                begin = searched = next;
            }

            if (end - begin > maxLineBytes)
                throw new InputException(file, number, 0, $"the line is longer than {InputLimits.MaxRecordText}, which no event may be.");
            MakeRoom(ref begin, ref end);
            searched = end;
            var read = await ReadAsync(end, number, cancellationToken);
            if (read == 0)
                break;
            end += read;
        }

        if (end > begin)
            yield return Line(number, begin, end);
    }

    private async ValueTask<int> ReadAsync(int at, long number, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ReadAsync(_buffer.AsMemory(at), cancellationToken);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new InputException(file, number, 0, $"the compressed data is damaged or cut off here ({e.Message})", e);
        }
    }

    private ByteLine Line(long number, int begin, int end)
    {
        if (end - begin > maxLineBytes)
            throw new InputException(file, number, 0, $"the line is longer than {InputLimits.MaxRecordText}, which no event may be.");
        var bytes = _buffer.AsMemory(begin, end - begin);
        if (number == 1 && bytes.Span.StartsWith("\uFEFF"u8))
            bytes = bytes[3..];
        return Utf8.IsValid(bytes.Span)
            ? new ByteLine(number, bytes)
            : throw new InputException(file, number, FirstInvalid(bytes.Span) + 1, "the text is not valid UTF-8. Convert the file to UTF-8 (for example with iconv).");
    }

    private static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(bytes[at..], out _, out var length) == System.Buffers.OperationStatus.Done)
            at += length;
        return at;
    }

    /// <summary>Moves what is left to the front, and grows the buffer where that is all of it.</summary>
    private void MakeRoom(ref int begin, ref int end)
    {
        if (end - begin == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        else if (begin > 0)
            _buffer.AsSpan(begin, end - begin).CopyTo(_buffer);
        end -= begin;
        begin = 0;
    }
}
