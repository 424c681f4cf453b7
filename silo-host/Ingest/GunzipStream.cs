using System.IO.Compression;

namespace Orleans.Persist.SiloHost.Ingest;

/// <summary>Decompresses gzip (RFC 1952), and tells data that is cut off from data that has ended.</summary>
/// <remarks>
/// <see cref="GZipStream"/> ends quietly wherever its input does. Here one more small gzip member follows the input: only if it comes out
/// whole, and nothing else does, was the input complete. Bytes after the last member that are no gzip are left alone, as gzip does.
/// </remarks>
internal sealed class GunzipStream : ReadOnlyStream
{
    private static readonly byte[] Seal = "end of the input"u8.ToArray();
    private static readonly byte[] SealMember = Compress(Seal);
    private readonly Sealed _sealed;
    private readonly GZipStream _gzip;
    private bool _ended;

    /// <summary>Decompresses <paramref name="compressed"/>, which is disposed of with this stream.</summary>
    public GunzipStream(Stream compressed)
    {
        _sealed = new Sealed(compressed);
        _gzip = new GZipStream(_sealed, CompressionMode.Decompress);
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        var read = _ended ? 0 : _gzip.Read(buffer);
        return _sealed.Ended && !_ended ? End(buffer[..read]) : read;
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = _ended ? 0 : await _gzip.ReadAsync(buffer, cancellationToken);
        return _sealed.Ended && !_ended ? End(buffer.Span[..read]) : read;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _gzip.Dispose();
        base.Dispose(disposing);
    }

    private static byte[] Compress(byte[] bytes)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.NoCompression))
            gzip.Write(bytes);
        return buffer.ToArray();
    }

    /// <summary>What comes out after the input's end must be the seal.</summary>
    private int End(ReadOnlySpan<byte> begin)
    {
        _ended = true;
        var rest = new byte[Seal.Length + 1];
        var length = begin.Length;
        if (length <= Seal.Length)
        {
            begin.CopyTo(rest);
            length += _gzip.ReadAtLeast(rest.AsSpan(length), rest.Length - length, throwOnEndOfStream: false);
        }

        return length == Seal.Length && rest.AsSpan(0, length).SequenceEqual(Seal)
            ? 0
            : throw new InvalidDataException("the input ends within it");
    }

    /// <summary>The input, and then the seal as a member of its own.</summary>
    private sealed class Sealed(Stream inner) : ForwardStream(inner)
    {
        private int _given = -1;

        public bool Ended => _given >= 0;

        public override int Read(Span<byte> buffer) => Ended ? Give(buffer) : base.Read(buffer) is var read && read > 0 ? read : Give(buffer);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Ended)
                return Give(buffer.Span);
            var read = await base.ReadAsync(buffer, cancellationToken);
            return read > 0 ? read : Give(buffer.Span);
        }

        protected override void OnRead(int count)
        {
        }

        private int Give(Span<byte> buffer)
        {
            _given = Math.Max(0, _given);
            var given = Math.Min(buffer.Length, SealMember.Length - _given);
            SealMember.AsSpan(_given, given).CopyTo(buffer);
            _given += given;
            return given;
        }
    }
}
