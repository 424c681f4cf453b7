using System.Buffers.Binary;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Sources;

/// <summary>Where a paged query goes on, as an opaque text that is bound to the query and to the source's incarnation.</summary>
/// <remarks>u8 format 1, u64 hash of the query, varint incarnation, varint next version, varint events left + 1 or 0 for no limit, u32 CRC-32C; as base64url.</remarks>
internal readonly record struct EventCursor(int Incarnation, long Next, long Left)
{
    private const byte Format = 1;
    private const int MaxText = 64;

    public string ToText(EventQuery query)
    {
        Span<byte> bytes = stackalloc byte[1 + 8 + (3 * Varint.MaxLength) + 4];
        bytes[0] = Format;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[1..], HashOf(query));
        var at = Varint.Write(bytes, 9, (ulong)Incarnation);
        at = Varint.Write(bytes, at, (ulong)Next);
        at = Varint.Write(bytes, at, Left == long.MaxValue ? 0 : (ulong)Left + 1);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[at..], Crc32C.Of(bytes[..at]));
        return Base64Url.EncodeToString(bytes[..(at + 4)]);
    }

    /// <exception cref="FormatException">The text is no cursor.</exception>
    /// <exception cref="ArgumentException">It belongs to another query.</exception>
    public static EventCursor Parse(string text, EventQuery query)
    {
        Span<byte> bytes = stackalloc byte[MaxText];
        if (text.Length > MaxText || !Base64Url.IsValid(text) || !Base64Url.TryDecodeFromChars(text, bytes, out var length)
            || length < 16 || bytes[0] != Format
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[(length - 4)..length]) != Crc32C.Of(bytes[..(length - 4)]))
        {
            throw new FormatException($"'{(text.Length > MaxText ? text[..MaxText] + '…' : text)}' is not a cursor. A cursor is taken, unchanged, from the page before.");
        }

        if (BinaryPrimitives.ReadUInt64LittleEndian(bytes[1..]) != HashOf(query))
            throw new ArgumentException("The cursor belongs to another query. The conditions, the direction and the limit of a query must stay the same from page to page.");
        var at = 9;
        ReadOnlySpan<byte> numbers = bytes[..(length - 4)];
        var incarnation = (int)Varint.Read(numbers, ref at);
        var next = (long)Varint.Read(numbers, ref at);
        var left = Varint.Read(numbers, ref at);
        return new EventCursor(incarnation, next, left == 0 ? long.MaxValue : (long)left - 1);
    }

    private static ulong HashOf(EventQuery query)
    {
        ReadOnlySpan<long> numbers =
        [
            query.FromVersion ?? -1, query.ToVersion ?? -1, query.Since?.UtcTicks ?? -1, query.Until?.UtcTicks ?? -1,
            query.RecordedSince?.UtcTicks ?? -1, query.RecordedUntil?.UtcTicks ?? -1, query.Backward ? 1 : 0, query.Limit,
        ];
        var hash = StableHash.Of(MemoryMarshal.AsBytes(numbers));
        foreach (var values in (ReadOnlySpan<IReadOnlyCollection<string>?>)[query.Subjects, query.SubjectPrefixes, query.Types, query.Tags, query.Ids])
            hash = StableHash.Combine(hash, HashOf(values));
        return hash;
    }

    /// <summary>The hash of a set of names, whatever their order.</summary>
    internal static ulong HashOf(IReadOnlyCollection<string>? values)
    {
        if (values is null)
            return 0;
        var hash = 1UL;
        foreach (var value in values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
            hash = StableHash.Combine(hash, StableHash.Of(MemoryMarshal.AsBytes(value.AsSpan())));
        return hash;
    }
}
