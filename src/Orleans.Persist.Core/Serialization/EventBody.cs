using System.Buffers.Binary;
using System.Text;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Serialization;

/// <summary>The binary layout of one event, shared by every plug-in that stores bytes.</summary>
/// <remarks>
/// <code>
/// u8   flags       bit 0 id, 1 source, 2 subject, 3 content type, 4 schema version, 5 tags, 6 metadata; bit 7 must be 0
/// i64  time        ticks of 100 ns since 0001-01-01 UTC, little endian
/// text type        a text is its length in bytes (varint) and then UTF-8
/// text id, source, subject, content type, each if its flag is set
/// varint           schema version, if its flag is set (else 1)
/// varint n, n texts               tags, if the flag is set
/// varint n, n pairs of texts      metadata, if the flag is set
/// rest data
/// </code>
/// The stream, versions and recorded time stand in the record around it.
/// </remarks>
public static class EventBody
{
    private const byte IdFlag = 1 << 0;
    private const byte SourceFlag = 1 << 1;
    private const byte SubjectFlag = 1 << 2;
    private const byte ContentTypeFlag = 1 << 3;
    private const byte SchemaVersionFlag = 1 << 4;
    private const byte TagsFlag = 1 << 5;
    private const byte MetadataFlag = 1 << 6;
    private const int TextsAt = 9;

    // Half of a surrogate pair is refused: replaced, two ids could become one.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A size that <see cref="Write"/> never exceeds for this event.</summary>
    public static int MaxLength(EventData data)
    {
        var length = TextsAt + 10L + data.Data.Length + TextMax(data.Type) + TextMax(data.Id) + TextMax(data.Source)
            + TextMax(data.Subject) + TextMax(data.ContentType);
        if (data.Tags.Count > 0)
        {
            length += 5;
            foreach (var tag in data.Tags)
                length += TextMax(tag);
        }

        if (data.Metadata.Count > 0)
        {
            length += 5;
            foreach (var (key, value) in data.Metadata)
                length += TextMax(key) + TextMax(value);
        }

        return length <= Array.MaxLength ? (int)length : int.MaxValue;
    }

    /// <summary>Writes an event and returns how many bytes it took.</summary>
    /// <param name="data">The event. Its type must not be empty, nor its schema version negative.</param>
    /// <param name="defaultTime">The time to store where the event has none, in UTC ticks.</param>
    /// <param name="destination">At least <see cref="MaxLength"/> bytes.</param>
    /// <exception cref="EncoderFallbackException">A text has half of a surrogate pair.</exception>
    public static int Write(EventData data, long defaultTime, Span<byte> destination)
    {
        byte flags = 0;
        BinaryPrimitives.WriteInt64LittleEndian(destination[1..], data.Time?.UtcTicks ?? defaultTime);
        var at = WriteText(destination, TextsAt, data.Type);
        at = WriteOptional(destination, at, data.Id, IdFlag, ref flags);
        at = WriteOptional(destination, at, data.Source, SourceFlag, ref flags);
        at = WriteOptional(destination, at, data.Subject, SubjectFlag, ref flags);
        at = WriteOptional(destination, at, data.ContentType, ContentTypeFlag, ref flags);
        if (data.SchemaVersion != 1)
        {
            flags |= SchemaVersionFlag;
            at = Varint.Write(destination, at, (ulong)data.SchemaVersion);
        }

        if (data.Tags.Count > 0)
        {
            flags |= TagsFlag;
            at = Varint.Write(destination, at, (ulong)data.Tags.Count);
            foreach (var tag in data.Tags)
                at = WriteText(destination, at, tag);
        }

        if (data.Metadata.Count > 0)
        {
            flags |= MetadataFlag;
            at = Varint.Write(destination, at, (ulong)data.Metadata.Count);
            foreach (var (key, value) in data.Metadata)
                at = WriteText(destination, WriteText(destination, at, key), value);
        }

        destination[0] = flags;
        data.Data.Span.CopyTo(destination[at..]);
        return at + data.Data.Length;
    }

    /// <summary>Checks that a body can be walked to its payload.</summary>
    /// <exception cref="FormatException">It can't; the message says why.</exception>
    public static void Validate(ReadOnlySpan<byte> body)
    {
        if (body.Length < TextsAt)
            throw new FormatException($"An event of {body.Length} bytes is too short.");
        if ((body[0] & 0x80) != 0)
            throw new FormatException("The event was written in a newer layout.");
        _ = DataOffset(body);
    }

    /// <summary>The publisher's time in UTC ticks.</summary>
    public static long TimeTicks(ReadOnlySpan<byte> body) => BinaryPrimitives.ReadInt64LittleEndian(body[1..]);

    /// <summary>Whether the attribute was given.</summary>
    public static bool Has(ReadOnlySpan<byte> body, EventField field) => field is EventField.Type || (body[0] & FlagOf(field)) != 0;

    /// <summary>The UTF-8 bytes of an attribute, empty where it is absent.</summary>
    public static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> body, EventField field)
    {
        if (!Has(body, field))
            return [];
        var at = TextsAt;
        for (var before = EventField.Type; before < field; before++)
        {
            if (Has(body, before))
                SkipText(body, ref at);
        }

        return ReadText(body, ref at);
    }

    /// <summary>An attribute as a string, or null where it is absent.</summary>
    public static string? Text(ReadOnlySpan<byte> body, EventField field) =>
        Has(body, field) ? Encoding.UTF8.GetString(Field(body, field)) : null;

    /// <summary>The payload schema's version.</summary>
    public static int SchemaVersion(ReadOnlySpan<byte> body)
    {
        if ((body[0] & SchemaVersionFlag) == 0)
            return 1;
        var at = AfterTexts(body);
        return (int)Varint.Read(body, ref at);
    }

    /// <summary>The tags.</summary>
    public static IReadOnlyList<string> Tags(ReadOnlySpan<byte> body)
    {
        if ((body[0] & TagsFlag) == 0)
            return [];
        var at = AfterSchemaVersion(body);
        var tags = new string[Count(body, ref at)];
        for (var i = 0; i < tags.Length; i++)
            tags[i] = Utf8Pool.Shared.Get(ReadText(body, ref at));
        return tags;
    }

    /// <summary>The metadata.</summary>
    public static IReadOnlyDictionary<string, string> Metadata(ReadOnlySpan<byte> body)
    {
        if ((body[0] & MetadataFlag) == 0)
            return EventData.EmptyMetadata;
        var at = AfterTags(body);
        var count = Count(body, ref at);
        var metadata = new Dictionary<string, string>(count, StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var key = Utf8Pool.Shared.Get(ReadText(body, ref at));
            metadata[key] = Encoding.UTF8.GetString(ReadText(body, ref at));
        }

        return metadata;
    }

    /// <summary>Where the payload begins; it reaches to the end of the body.</summary>
    public static int DataOffset(ReadOnlySpan<byte> body)
    {
        var at = AfterTags(body);
        if ((body[0] & MetadataFlag) != 0)
        {
            for (var left = Count(body, ref at); left > 0; left--)
            {
                SkipText(body, ref at);
                SkipText(body, ref at);
            }
        }

        return at;
    }

    private static int AfterTexts(ReadOnlySpan<byte> body)
    {
        var at = TextsAt;
        for (var field = EventField.Type; field <= EventField.ContentType; field++)
        {
            if (Has(body, field))
                SkipText(body, ref at);
        }

        return at;
    }

    private static int AfterSchemaVersion(ReadOnlySpan<byte> body)
    {
        var at = AfterTexts(body);
        if ((body[0] & SchemaVersionFlag) != 0)
            Varint.Read(body, ref at);
        return at;
    }

    private static int AfterTags(ReadOnlySpan<byte> body)
    {
        var at = AfterSchemaVersion(body);
        if ((body[0] & TagsFlag) != 0)
        {
            for (var left = Count(body, ref at); left > 0; left--)
                SkipText(body, ref at);
        }

        return at;
    }

    private static byte FlagOf(EventField field) => (byte)(1 << ((int)field - 1));

    private static long TextMax(string? text) => text is null ? 0 : 5 + (3L * text.Length);

    private static int WriteOptional(Span<byte> destination, int at, string? text, byte flag, ref byte flags)
    {
        if (text is null)
            return at;
        flags |= flag;
        return WriteText(destination, at, text);
    }

    private static int WriteText(Span<byte> destination, int at, string text)
    {
        if (text.Length <= 42) // at most 126 bytes of UTF-8: the length is one byte and can be set afterwards
        {
            var written = Utf8.GetBytes(text, destination[(at + 1)..]);
            destination[at] = (byte)written;
            return at + 1 + written;
        }

        at = Varint.Write(destination, at, (ulong)Utf8.GetByteCount(text));
        return at + Utf8.GetBytes(text, destination[at..]);
    }

    private static int Count(ReadOnlySpan<byte> body, ref int at)
    {
        var count = Varint.Read(body, ref at);
        return count <= (ulong)(body.Length - at) ? (int)count : throw new FormatException($"A count of {count} is beyond the event's end.");
    }

    private static void SkipText(ReadOnlySpan<byte> body, ref int at) => ReadText(body, ref at);

    private static ReadOnlySpan<byte> ReadText(ReadOnlySpan<byte> body, scoped ref int at)
    {
        var length = Varint.Read(body, ref at);
        if (length > (ulong)(body.Length - at))
            throw new FormatException($"A text of {length} bytes reaches beyond the event's end.");
        var text = body.Slice(at, (int)length);
        at += (int)length;
        return text;
    }
}
