using System.Buffers.Binary;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Processes;

/// <summary>Reads what <see cref="ByteWriter"/> wrote.</summary>
internal ref struct ByteReader(ReadOnlyMemory<byte> source)
{
    private readonly ReadOnlyMemory<byte> _source = source;
    private int _at;

    public readonly bool AtEnd => _at >= _source.Length;

    public byte Byte() => _at < _source.Length ? _source.Span[_at++] : throw new FormatException("A byte is missing.");

    public ulong Number() => Varint.Read(_source.Span, ref _at);

    public int Count(int atLeastEach = 1)
    {
        var count = Number();
        return count <= (ulong)((_source.Length - _at) / Math.Max(1, atLeastEach)) ? (int)count : throw new FormatException($"A count of {count} is beyond the end.");
    }

    public ulong Fixed() => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(8).Span);

    public string Text() => Utf8Pool.Shared.Get(Bytes().Span);

    public ReadOnlyMemory<byte> Bytes() => Bytes(checked((int)Math.Min(Number(), int.MaxValue)));

    public ReadOnlyMemory<byte> Bytes(int length)
    {
        if (length > _source.Length - _at)
            throw new FormatException($"{length} bytes are beyond the end.");
        var bytes = _source.Slice(_at, length);
        _at += length;
        return bytes;
    }

    public ReadOnlyMemory<byte> Rest() => _source[_at..];

    public SendNumber SendNumber() => new(checked((int)Number()), checked((long)Number()), checked((int)Number()));

    public EncodedMessage Message() => new(Text(), checked((int)Number()), Bytes());
}
