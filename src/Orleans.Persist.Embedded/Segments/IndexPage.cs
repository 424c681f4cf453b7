using System.Buffers.Binary;
using Orleans.Persist.Embedded.Files;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Embedded.Segments;

/// <summary>The unit of an index file: 4,096 bytes, of which the last four are the CRC-32C of the others.</summary>
internal static class IndexPage
{
    public const int Size = 4096;
    public const int Payload = Size - 4;

    public static void Read(IStorageFile file, string name, long page, Span<byte> destination)
    {
        if (file.ReadOrFail(name, page * Size, destination) != Size
            || BinaryPrimitives.ReadUInt32LittleEndian(destination[Payload..]) != Crc32C.Of(destination[..Payload]))
        {
            throw new JournalDamagedException(
                "a page of the index does not check; stop the process, delete this file, and it is made anew from the segment",
                $"{name} at offset {page * Size}");
        }
    }

    public static void Stamp(Span<byte> page) => BinaryPrimitives.WriteUInt32LittleEndian(page[Payload..], Crc32C.Of(page[..Payload]));
}
