using System.Buffers.Binary;
using Orleans.Persist.Embedded.Segments;

namespace Orleans.Persist.Embedded.Attributes;

/// <summary>The first page of an attribute index file. The file is derived from its segment: where it is missing, or does not fit, it is made anew.</summary>
/// <remarks>
/// Pages of 1,024 bytes, the last four of them the CRC-32C of the others.
/// <code>
///  0 8 bytes      "OPSEGATT"
///  8 u16 format   2
/// 16 i64 number   of the segment
/// 24 i64 length   of the segment that is covered
/// 32 i32 streams  entries of 56 bytes, 18 a page: u64 key, i32 incarnation, i32 events, i64 first and last version, i64 earliest and latest time, i32 events with ids, i32 0
/// 36 i32 pages    of keys: u16 keys, u16 0, then entries of 24 bytes, sorted by key: u64 key, then the posting if it is the only one, else
///                 u32 0, u32 first posting, u32 count, u32 where up to 16 postings begin on this page, or 0 where they are among those below
/// 40 i32 postings of keys with more: of 16 bytes, 63 a page: u32 offset of the record, u32 offset in it, u32 version above the stream's first one, u32 checksum
/// 44 i32 heads    of long records: entries of 48 bytes, 21 a page, see RecordHead
/// 48 i32 ids      u64 identities (see EventIdentity) of the events with ids, stream after stream, 127 a page
/// </code>
/// Pages of streams, keys, postings, fences (u64, the first key of each page of keys, 127 a page), heads and ids follow in this order.
/// </remarks>
internal sealed record AttributeHeader(long Number, long SegmentLength, int Streams, int KeyPages, int Postings, int Heads, int Ids)
{
    public const int PageSize = 1024;
    public const int Payload = PageSize - IndexPage.ChecksumLength;
    public const int Length = 52;
    public const int KeyLength = 24;
    public const int StreamsPerPage = Payload / StreamAttributes.Length;
    public const int KeysAt = 4;
    public const int MostOnPage = 16;
    public const int PostingsPerPage = Payload / AttributePosting.Length;
    public const int FencesPerPage = Payload / 8;
    public const int HeadsPerPage = Payload / RecordHead.Length;
    public const int IdsPerPage = Payload / 8;
    private const ushort Format = 2;

    public long KeysPage => 1 + Pages(Streams, StreamsPerPage);

    public long PostingsPage => KeysPage + KeyPages;

    public long FencesPage => PostingsPage + Pages(Postings, PostingsPerPage);

    public long HeadsPage => FencesPage + Pages(KeyPages, FencesPerPage);

    public long IdsPage => HeadsPage + Pages(Heads, HeadsPerPage);

    public long TotalPages => IdsPage + Pages(Ids, IdsPerPage);

    private static ReadOnlySpan<byte> Magic => "OPSEGATT"u8;

    public void Write(Span<byte> page)
    {
        Magic.CopyTo(page);
        BinaryPrimitives.WriteUInt16LittleEndian(page[8..], Format);
        BinaryPrimitives.WriteInt64LittleEndian(page[16..], Number);
        BinaryPrimitives.WriteInt64LittleEndian(page[24..], SegmentLength);
        BinaryPrimitives.WriteInt32LittleEndian(page[32..], Streams);
        BinaryPrimitives.WriteInt32LittleEndian(page[36..], KeyPages);
        BinaryPrimitives.WriteInt32LittleEndian(page[40..], Postings);
        BinaryPrimitives.WriteInt32LittleEndian(page[44..], Heads);
        BinaryPrimitives.WriteInt32LittleEndian(page[48..], Ids);
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
                BinaryPrimitives.ReadInt32LittleEndian(page[40..]),
                BinaryPrimitives.ReadInt32LittleEndian(page[44..]),
                BinaryPrimitives.ReadInt32LittleEndian(page[48..]));

    /// <summary>How many bytes of a page a key takes that has so many postings.</summary>
    public static int KeyRoom(int postings) => KeyLength + (postings is > 1 and <= MostOnPage ? postings * AttributePosting.Length : 0);

    private static int Pages(int items, int perPage) => (items + perPage - 1) / perPage;
}
