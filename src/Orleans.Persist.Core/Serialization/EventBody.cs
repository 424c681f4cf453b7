using System.Runtime.CompilerServices;
using System.Buffers.Binary;
using System.Text;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Serialization;

/// <summary>The binary layout of one event, shared by every plug-in that stores bytes.</summary>
/// <remarks>
/// <code>
/// u8   flags       bit 0 id, 1 source, 2 subject, 3 content type, 4 schema version, 5 tags, 6 metadata, 7 further flags
/// u8   further     further flags, if bit 7 is set: bit 0 kernel bytes; the other bits must be 0
/// i64  time        ticks of 100 ns since 0001-01-01 UTC, little endian
/// text type        a text is its length in bytes (varint) and then UTF-8
/// text id, source, subject, content type, each if its flag is set
/// varint           schema version, if its flag is set (else 1)
/// varint n, n texts               tags, if the flag is set
/// varint n, n pairs of texts      metadata, if the flag is set
/// varint n, n bytes               kernel bytes, if their flag is set
/// rest data
/// </code>
/// The stream, versions and recorded time stand in the record around it.
/// </remarks>
public static partial class EventBody
{
    private const byte IdFlag = 1 << 0;
    private const byte SourceFlag = 1 << 1;
    private const byte SubjectFlag = 1 << 2;
    private const byte ContentTypeFlag = 1 << 3;
    private const byte SchemaVersionFlag = 1 << 4;
    private const byte TagsFlag = 1 << 5;
    private const byte MetadataFlag = 1 << 6;
    private const byte FurtherFlags = 1 << 7;
    private const byte KernelFlag = 1 << 0;
    private const int TimeAt = 1; // one more where there are further flags

    /// <summary>Checks that a body can be walked to its payload.</summary>
    /// <exception cref="FormatException">It can't; the message says why.</exception>
    public static void Validate(ReadOnlySpan<byte> body)
    {
        if (body.Length < TimeAt + sizeof(long) || body.Length < TextsAt(body))
            throw new FormatException($"An event of {body.Length} bytes is too short.");
        _ = DataOffset(body);
    }

    /// <summary>The publisher's time in UTC ticks.</summary>
    public static long TimeTicks(ReadOnlySpan<byte> body) => BinaryPrimitives.ReadInt64LittleEndian(body[TimeOffset(body)..]);

    /// <summary>Where the eight bytes of the publisher's time stand.</summary>
    public static int TimeOffset(ReadOnlySpan<byte> body) => TimeAt + (body[0] >> 7);

    /// <summary>Whether the attribute was given.</summary>
    public static bool Has(ReadOnlySpan<byte> body, EventField field) => field is EventField.Type || (body[0] & FlagOf(field)) != 0;

    /// <summary>The UTF-8 bytes of an attribute, empty where it is absent.</summary>
    public static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> body, EventField field)
    {
        if (!Has(body, field))
            return [];
        var at = TextsAt(body);
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

    /// <summary>Whether there are bytes of the engine's own.</summary>
    public static bool HasKernel(ReadOnlySpan<byte> body) => body[0] >= FurtherFlags && (body[1] & KernelFlag) != 0;

    /// <summary>Where the kernel bytes stand (see <see cref="EventData.Kernel"/>), and how many there are.</summary>
    public static (int Offset, int Length) Kernel(ReadOnlySpan<byte> body)
    {
        if (body[0] < FurtherFlags || (body[1] & KernelFlag) == 0)
            return (0, 0);
        var at = AfterMetadata(body);
        var length = Count(body, ref at);
        return (at, length);
    }

    /// <summary>Where the payload begins; it reaches to the end of the body.</summary>
    public static int DataOffset(ReadOnlySpan<byte> body)
    {
        var at = AfterMetadata(body);
        if (body[0] >= FurtherFlags && (body[1] & KernelFlag) != 0)
            SkipText(body, ref at);
        return at;
    }

    /// <summary>The payload, the type's UTF-8 bytes and the schema version in one walk.</summary>
    // Compiled for good at once: opening and rebuilding are over before tiered compilation gets round to it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static ReadOnlySpan<byte> Data(ReadOnlySpan<byte> body, out ReadOnlySpan<byte> type, out int schemaVersion)
    {
        var at = TextsAt(body);
        type = ReadText(body, ref at);
        var flags = body[0];
        SkipTexts(body, ref at);
        schemaVersion = (flags & SchemaVersionFlag) != 0 ? (int)Varint.Read(body, ref at) : 1;
        if ((flags & (TagsFlag | MetadataFlag)) != 0)
            return body[DataOffset(body)..];
        if (flags >= FurtherFlags && (body[1] & KernelFlag) != 0)
            SkipText(body, ref at);
        return body[at..];
    }

    private static int TextsAt(ReadOnlySpan<byte> body) =>
        body[0] < FurtherFlags ? TimeAt + sizeof(long)
        : body[1] <= KernelFlag ? TimeAt + 1 + sizeof(long)
        : throw new FormatException("The event was written in a newer layout.");

    private static int AfterTexts(ReadOnlySpan<byte> body)
    {
        var at = TextsAt(body);
        SkipText(body, ref at);
        SkipTexts(body, ref at);
        return at;
    }

    /// <summary>Skips what there is of the texts behind the type: as many as flags are set.</summary>
    private static void SkipTexts(ReadOnlySpan<byte> body, ref int at)
    {
        for (var texts = body[0] & (IdFlag | SourceFlag | SubjectFlag | ContentTypeFlag); texts != 0; texts &= texts - 1)
            SkipText(body, ref at);
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

    private static int AfterMetadata(ReadOnlySpan<byte> body)
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

    private static byte FlagOf(EventField field) => (byte)(1 << ((int)field - 1));

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
