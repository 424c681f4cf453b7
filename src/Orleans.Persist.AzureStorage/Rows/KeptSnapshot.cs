using System.Buffers.Binary;

namespace Orleans.Persist.AzureStorage.Rows;

/// <summary>One of an owner's snapshots, as the row that lists them has it.</summary>
internal readonly record struct KeptSnapshot(long Number, int Incarnation, long Version, int Length, Guid Blob)
{
    public const int Size = 8 + 4 + 8 + 4 + 16;

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteInt64LittleEndian(bytes, Number);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[8..], Incarnation);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[12..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[20..], Length);
        Blob.TryWriteBytes(bytes[24..]);
    }

    public static KeptSnapshot Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt64LittleEndian(bytes),
        BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[12..]),
        BinaryPrimitives.ReadInt32LittleEndian(bytes[20..]),
        new Guid(bytes.Slice(24, 16)));
}
