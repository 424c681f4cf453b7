using System.Buffers.Binary;
using System.Text;
using Orleans.Persist.AzureStorage.Rows;
using Orleans.Persist.Serialization;
using Orleans.Persist.Snapshots;

namespace Orleans.Persist.AzureStorage.Snapshots;

/// <summary>A snapshot as a blob's bytes.</summary>
/// <remarks>
/// <code>
/// u8   format         1
/// u8 × 3              0
/// u32  checksum       CRC-32C of everything behind it
/// u64  owner          StableHash of the owner's name in UTF-8
/// i32  incarnation
/// i64  version
/// i64  time           ticks of 100 ns since 0001-01-01 UTC
/// i32  schema version
/// varint length, type in UTF-8
/// rest state
/// </code>
/// Little endian.
/// </remarks>
internal static class SnapshotFrame
{
    private const byte Format = 1;
    private const int HeaderLength = 40;

    public static byte[] Encode(StreamKey owner, Snapshot snapshot)
    {
        var type = Encoding.UTF8.GetBytes(snapshot.Type);
        var length = HeaderLength + Varint.Length((ulong)type.Length) + type.Length;
        var bytes = GC.AllocateUninitializedArray<byte>(checked(length + snapshot.Data.Length));
        bytes.AsSpan(0, 8).Clear();
        bytes[0] = Format;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), owner.Hash);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), snapshot.Incarnation);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(20), snapshot.Version);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(28), snapshot.Time.UtcTicks);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(36), snapshot.SchemaVersion);
        var at = Varint.Write(bytes, HeaderLength, (ulong)type.Length);
        type.CopyTo(bytes, at);
        snapshot.Data.Span.CopyTo(bytes.AsSpan(length));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), Crc32C.Of(bytes.AsSpan(8)));
        return bytes;
    }

    /// <exception cref="FormatException">The bytes do not check; the message says why.</exception>
    public static Snapshot Decode(StreamKey owner, KeptSnapshot kept, ReadOnlyMemory<byte> bytes)
    {
        var span = bytes.Span;
        if (span.Length != kept.Length)
            throw new FormatException($"{span.Length} bytes are there, {kept.Length} were written");
        if (span.Length < HeaderLength || span[0] > Format)
            throw new FormatException(span.Length < HeaderLength ? "the snapshot is too short" : $"the snapshot has format {span[0]}; this release reads up to {Format}");
        if (BinaryPrimitives.ReadUInt32LittleEndian(span[4..]) != Crc32C.Of(span[8..]))
            throw new FormatException("the checksum does not match");
        if (BinaryPrimitives.ReadUInt64LittleEndian(span[8..]) != owner.Hash)
            throw new FormatException("the snapshot is another owner's");
        var at = HeaderLength;
        var length = (int)Varint.Read(span, ref at);
        return new Snapshot
        {
            Incarnation = BinaryPrimitives.ReadInt32LittleEndian(span[16..]),
            Version = BinaryPrimitives.ReadInt64LittleEndian(span[20..]),
            Time = new DateTimeOffset(BinaryPrimitives.ReadInt64LittleEndian(span[28..]), TimeSpan.Zero),
            SchemaVersion = BinaryPrimitives.ReadInt32LittleEndian(span[36..]),
            Type = Encoding.UTF8.GetString(span.Slice(at, length)),
            Data = bytes[(at + length)..],
        };
    }
}
