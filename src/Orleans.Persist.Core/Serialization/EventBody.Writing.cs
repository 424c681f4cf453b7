using System.Buffers.Binary;
using System.Text;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Serialization;

public static partial class EventBody
{
    // Half of a surrogate pair is refused: replaced, two ids could become one.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A size that <see cref="Write"/> never exceeds for this event.</summary>
    public static int MaxLength(EventData data)
    {
        var length = TimeAt + 1 + sizeof(long) + 10L + data.Data.Length + TextMax(data.Type) + TextMax(data.Id) + TextMax(data.Source)
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

        if (!data.Kernel.IsEmpty)
            length += 5L + data.Kernel.Length;
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
        var at = TimeAt;
        if (!data.Kernel.IsEmpty)
        {
            flags |= FurtherFlags;
            destination[at++] = KernelFlag;
        }

        BinaryPrimitives.WriteInt64LittleEndian(destination[at..], data.Time?.UtcTicks ?? defaultTime);
        at = WriteText(destination, at + sizeof(long), data.Type);
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

        if (!data.Kernel.IsEmpty)
        {
            at = Varint.Write(destination, at, (ulong)data.Kernel.Length);
            data.Kernel.Span.CopyTo(destination[at..]);
            at += data.Kernel.Length;
        }

        destination[0] = flags;
        data.Data.Span.CopyTo(destination[at..]);
        return at + data.Data.Length;
    }

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
}
