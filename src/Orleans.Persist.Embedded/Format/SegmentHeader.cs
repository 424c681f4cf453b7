using System.Buffers.Binary;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Embedded.Format;

/// <summary>The first 128 bytes of a segment file.</summary>
/// <remarks>
/// <code>
///  0 8 bytes           "OPSEGMNT"
///  8 u16 format        1
/// 10 u16 flags         0
/// 12 u32 crc32c        of the header with this field 0
/// 16 u64 number        of the segment, from 1
/// 24 i64 position      of the first event the segment was opened for
/// 32 i64 previous      length of the segment before that counts; bytes behind it are left of a failed write
/// 40 i64 created       ticks of 100 ns, UTC
/// 48 32 bytes          anchor of a hash chain, 0 without one
/// 80 48 bytes          0
/// </code>
/// </remarks>
internal sealed record SegmentHeader(long Number, long Position, long PreviousLength, long Created)
{
    public const int Length = 128;
    public const ushort Format = 1;

    private static ReadOnlySpan<byte> Magic => "OPSEGMNT"u8;

    public byte[] ToBytes()
    {
        var bytes = new byte[Length];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), Format);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), Number);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), Position);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), PreviousLength);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(40), Created);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), Crc32C.Of(bytes));
        return bytes;
    }

    /// <summary>The header in these bytes, or null where they are none.</summary>
    /// <exception cref="NotSupportedException">It is of a newer format.</exception>
    public static SegmentHeader? Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Length || !bytes.StartsWith(Magic))
            return null;
        var copy = bytes[..Length].ToArray();
        copy.AsSpan(12, 4).Clear();
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]) != Crc32C.Of(copy))
            return null;
        var format = BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]);
        if (format > Format)
            throw new NotSupportedException($"The segment has format {format}; this release reads up to {Format}.");
        return new SegmentHeader(
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]));
    }
}
