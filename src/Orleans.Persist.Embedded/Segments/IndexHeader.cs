using System.Buffers.Binary;

namespace Orleans.Persist.Embedded.Segments;

/// <summary>The first page of an index file; the file seals its segment.</summary>
/// <remarks>
/// <code>
///  0 8 bytes      "OPSEGIDX"
///  8 u16 format   1
/// 16 i64 number   of the segment
/// 24 i64 length   of the segment that counts
/// 32 i64 position of the first event after the segment
/// 40 i64 recorded the newest recorded time in it, ticks
/// 48 i32 keys     entries of 24 bytes, 170 a page, sorted by key: u64 key, u32 first posting, u32 count, u32 name offset + 1 or 0, u32 0
/// 52 i32 postings of 16 bytes, 255 a page: u32 offset, i32 incarnation, i64 version
/// 56 i64 names    bytes of names, 4,092 a page: u16 length, UTF-8
/// </code>
/// Pages of entries, postings, names and fences (the first key of each page of entries, 511 a page) follow in this order.
/// </remarks>
internal sealed record IndexHeader(long Number, long SegmentLength, long NextPosition, long Recorded, int Keys, int Postings, long Names)
{
    public const int Length = 64;
    public const int EntryLength = 24;
    public const int EntriesPerPage = IndexPage.Payload / EntryLength;
    public const int PostingsPerPage = IndexPage.Payload / Posting.Length;
    public const int FencesPerPage = IndexPage.Payload / 8;
    private const ushort Format = 1;

    public int EntryPages => Pages(Keys, EntriesPerPage);

    public long PostingsPage => 1 + EntryPages;

    public long NamesPage => PostingsPage + Pages(Postings, PostingsPerPage);

    public long FencesPage => NamesPage + Pages(Names, IndexPage.Payload);

    public long TotalPages => FencesPage + Pages(EntryPages, FencesPerPage);

    private static ReadOnlySpan<byte> Magic => "OPSEGIDX"u8;

    public void Write(Span<byte> page)
    {
        Magic.CopyTo(page);
        BinaryPrimitives.WriteUInt16LittleEndian(page[8..], Format);
        BinaryPrimitives.WriteInt64LittleEndian(page[16..], Number);
        BinaryPrimitives.WriteInt64LittleEndian(page[24..], SegmentLength);
        BinaryPrimitives.WriteInt64LittleEndian(page[32..], NextPosition);
        BinaryPrimitives.WriteInt64LittleEndian(page[40..], Recorded);
        BinaryPrimitives.WriteInt32LittleEndian(page[48..], Keys);
        BinaryPrimitives.WriteInt32LittleEndian(page[52..], Postings);
        BinaryPrimitives.WriteInt64LittleEndian(page[56..], Names);
    }

    /// <summary>The header in a checked page, or null where it is none that this release reads: the index is then made anew.</summary>
    public static IndexHeader? Parse(ReadOnlySpan<byte> page) =>
        !page.StartsWith(Magic) || BinaryPrimitives.ReadUInt16LittleEndian(page[8..]) != Format
            ? null
            : new IndexHeader(
                BinaryPrimitives.ReadInt64LittleEndian(page[16..]),
                BinaryPrimitives.ReadInt64LittleEndian(page[24..]),
                BinaryPrimitives.ReadInt64LittleEndian(page[32..]),
                BinaryPrimitives.ReadInt64LittleEndian(page[40..]),
                BinaryPrimitives.ReadInt32LittleEndian(page[48..]),
                BinaryPrimitives.ReadInt32LittleEndian(page[52..]),
                BinaryPrimitives.ReadInt64LittleEndian(page[56..]));

    private static int Pages(long items, int perPage) => (int)((items + perPage - 1) / perPage);
}
