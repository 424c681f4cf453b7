using System.Buffers.Binary;
using Orleans.Persist.Embedded.Files;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Embedded.Segments;

/// <summary>The unit of an index file: so many bytes, of which the last four are the CRC-32C of the others.</summary>
internal static class IndexPage
{
    public const int Size = 4096;
    public const int ChecksumLength = 4;
    public const int Payload = Size - ChecksumLength;

    /// <summary>Reads and checks a page of the destination's size.</summary>
    public static void Read(IStorageFile file, string name, long page, Span<byte> destination)
    {
        var payload = destination.Length - ChecksumLength;
        if (file.ReadOrFail(name, page * destination.Length, destination) != destination.Length
            || BinaryPrimitives.ReadUInt32LittleEndian(destination[payload..]) != Crc32C.Of(destination[..payload]))
        {
            throw new JournalDamagedException(
                "a page of the index does not check; stop the process, delete this file, and it is made anew from the segment",
                $"{name} at offset {page * destination.Length}");
        }
    }

    public static void Stamp(Span<byte> page) =>
        BinaryPrimitives.WriteUInt32LittleEndian(page[^ChecksumLength..], Crc32C.Of(page[..^ChecksumLength]));
}
