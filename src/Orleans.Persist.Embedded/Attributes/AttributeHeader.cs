using System.Buffers.Binary;
using Orleans.Persist.Embedded.Segments;

namespace Orleans.Persist.Embedded.Attributes;

/// <summary>The first page of an attribute index file. The file is derived from its segment: where it is missing, or does not fit, it is made anew.</summary>
/// <remarks>
/// Pages of 1,024 bytes, the last four of them the CRC-32C of the others.
/// <code>
///  0 8 bytes      "OPSEGATT"
///  8 u16 format   1
/// 16 i64 number   of the segment
/// 24 i64 length   of the segment that is covered
/// 32 i32 streams  entries of 48 bytes, 21 a page: u64 key, i32 incarnation, i32 events, i64 first and last version, i64 earliest and latest time
/// 36 i32 keys     entries of 24 bytes, 42 a page, sorted by key: u64 key, then the posting if it is the only one, else u32 0, u32 first posting, u32 count, u32 0
/// 40 i32 postings of 16 bytes, 63 a page: u32 offset of the record, u32 offset in it, u32 version above the stream's first one, u32 checksum
/// </code>
/// Pages of streams, keys, postings and fences (the first key of each page of keys, 127 a page) follow in this order.
/// </remarks>
internal sealed record AttributeHeader(long Number, long SegmentLength, int Streams, int Keys, int Postings)
{
    public const int PageSize = 1024;
    public const int Payload = PageSize - IndexPage.ChecksumLength;
    public const int Length = 48;
    public const int KeyLength = 24;
    public const int StreamsPerPage = Payload / StreamAttributes.Length;
    public const int KeysPerPage = Payload / KeyLength;
    public const int PostingsPerPage = Payload / AttributePosting.Length;
    public const int FencesPerPage = Payload / 8;
    private const ushort Format = 1;

    public int KeyPages => Pages(Keys, KeysPerPage);

    public long KeysPage => 1 + Pages(Streams, StreamsPerPage);

    public long PostingsPage => KeysPage + KeyPages;

    public long FencesPage => PostingsPage + Pages(Postings, PostingsPerPage);

    public long TotalPages => FencesPage + Pages(KeyPages, FencesPerPage);

    private static ReadOnlySpan<byte> Magic => "OPSEGATT"u8;

    public void Write(Span<byte> page)
    {
        Magic.CopyTo(page);
        BinaryPrimitives.WriteUInt16LittleEndian(page[8..], Format);
        BinaryPrimitives.WriteInt64LittleEndian(page[16..], Number);
        BinaryPrimitives.WriteInt64LittleEndian(page[24..], SegmentLength);
        BinaryPrimitives.WriteInt32LittleEndian(page[32..], Streams);
        BinaryPrimitives.WriteInt32LittleEndian(page[36..], Keys);
        BinaryPrimitives.WriteInt32LittleEndian(page[40..], Postings);
    }

    /// <summary>The header in a checked page, or null where it is none that this release reads.</summary>
    public static AttributeHeader? Parse(ReadOnlySpan<byte> page) =>
        !page.StartsWith(Magic) || BinaryPrimitives.ReadUInt16LittleEndian(page[8..]) != Format
            ? null
            : new AttributeHeader(
                BinaryPrimitives.ReadInt64LittleEndian(page[16..]),
                BinaryPrimitives.ReadInt64LittleEndian(page[24..]),
                BinaryPrimitives.ReadInt32LittleEndian(page[32..]),
                BinaryPrimitives.ReadInt32LittleEndian(page[36..]),
                BinaryPrimitives.ReadInt32LittleEndian(page[40..]));

    private static int Pages(int items, int perPage) => (items + perPage - 1) / perPage;
}
