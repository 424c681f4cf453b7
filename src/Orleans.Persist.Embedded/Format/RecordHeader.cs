using System.Runtime.CompilerServices;
using System.Buffers.Binary;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Embedded.Format;

/// <summary>The fixed part of a record. All numbers are little endian.</summary>
/// <remarks>
/// <code>
///  0 u32 length        of the whole record
///  4 u32 crc32c        of the bytes from 8 to the record's end
///  8 u8  kind          see RecordKind
///  9 u8  flags         bit 0: a hash of 32 bytes follows the name; bit 1: a producer follows that
/// 10 u16 name length
/// 12 u32 flushed       everything in the segment below this offset was durable when the record was written
/// 16 i64 recorded      ticks of 100 ns, UTC
/// 24 i64 position      of the first event; without events, of the next one in the journal
/// 32 i64 version       of the first event; without events, of the next one in the stream
/// 40 i64 first kept    the stream's first version that is kept, as of this record
/// 48 i32 incarnation
/// 52 u32 count         of events
/// 56     name (UTF-8), [hash], [producer: varint sequence, varint length, UTF-8], events (varint length, body)
/// </code>
/// </remarks>
internal readonly record struct RecordHeader
{
    public const int Length = 56;
    public const byte HashFlag = 1;
    public const byte ProducerFlag = 2;
    public const int HashLength = 32;

    public required RecordKind Kind { get; init; }

    public required byte Flags { get; init; }

    public required int NameLength { get; init; }

    public long Recorded { get; init; }

    public long Position { get; init; }

    public long Version { get; init; }

    public long FirstKept { get; init; }

    public int Incarnation { get; init; }

    public int Count { get; init; }

    /// <summary>The events that the record really holds.</summary>
    public int Events => Kind is RecordKind.Commit ? Count : 0;

    public long LastVersion => Version + Count - 1;

    public bool HasProducer => (Flags & ProducerFlag) != 0;

    /// <summary>Writes everything but the length, the checksum and the flushed offset, which the writer stamps.</summary>
    public void Write(Span<byte> record)
    {
        record[8] = (byte)Kind;
        record[9] = Flags;
        BinaryPrimitives.WriteUInt16LittleEndian(record[10..], (ushort)NameLength);
        BinaryPrimitives.WriteInt64LittleEndian(record[16..], Recorded);
        BinaryPrimitives.WriteInt64LittleEndian(record[24..], Position);
        BinaryPrimitives.WriteInt64LittleEndian(record[32..], Version);
        BinaryPrimitives.WriteInt64LittleEndian(record[40..], FirstKept);
        BinaryPrimitives.WriteInt32LittleEndian(record[48..], Incarnation);
        BinaryPrimitives.WriteInt32LittleEndian(record[52..], Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static RecordHeader Read(ReadOnlySpan<byte> record) => new()
    {
        Kind = (RecordKind)record[8],
        Flags = record[9],
        NameLength = BinaryPrimitives.ReadUInt16LittleEndian(record[10..]),
        Recorded = BinaryPrimitives.ReadInt64LittleEndian(record[16..]),
        Position = BinaryPrimitives.ReadInt64LittleEndian(record[24..]),
        Version = BinaryPrimitives.ReadInt64LittleEndian(record[32..]),
        FirstKept = BinaryPrimitives.ReadInt64LittleEndian(record[40..]),
        Incarnation = BinaryPrimitives.ReadInt32LittleEndian(record[48..]),
        Count = BinaryPrimitives.ReadInt32LittleEndian(record[52..]),
    };

    public static int LengthOf(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt32LittleEndian(record);

    public static uint FlushedOf(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt32LittleEndian(record[12..]);

    /// <summary>Sets the length, the flushed offset and, last, the checksum.</summary>
    public static void Stamp(Span<byte> record, uint flushed)
    {
        BinaryPrimitives.WriteInt32LittleEndian(record, record.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record[12..], flushed);
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], Crc32C.Of(record[8..]));
    }

    /// <summary>Whether the checksum of a whole record matches.</summary>
    public static bool Checks(ReadOnlySpan<byte> record) =>
        BinaryPrimitives.ReadUInt32LittleEndian(record[4..]) == Crc32C.Of(record[8..]);

    /// <summary>Whether the bytes could begin a record; a quick look before its checksum is computed.</summary>
    public static bool IsPlausible(ReadOnlySpan<byte> start) =>
        LengthOf(start) is >= Length and <= Segments.SegmentLimits.MaxRecordBytes
        && start[8] is >= (byte)RecordKind.Commit and <= (byte)RecordKind.Producer
        && (start[9] & ~(HashFlag | ProducerFlag)) == 0;
}
