using System.Text;
using Orleans.Persist.Embedded.Format;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Embedded.Writing;

/// <summary>Lays out a record. Length, flushed offset and checksum are set later.</summary>
internal static class RecordWriter
{
    /// <summary>The most bytes that stand before the events.</summary>
    public static int MaxPrefix(int nameLength) => RecordHeader.Length + nameLength + (2 * Varint.MaxLength) + (3 * ProducerSequence.MaxNameLength);

    /// <summary>Writes a record and returns its length.</summary>
    public static int Write(Span<byte> destination, RecordHeader header, ReadOnlySpan<byte> name, ProducerSequence? producer, EncodedEvents? events)
    {
        header.Write(destination);
        name.CopyTo(destination[RecordHeader.Length..]);
        var at = RecordHeader.Length + name.Length;
        if (producer is { } p)
        {
            at = Varint.Write(destination, at, (ulong)p.Sequence);
            at = Varint.Write(destination, at, (ulong)Encoding.UTF8.GetByteCount(p.Producer));
            at += Encoding.UTF8.GetBytes(p.Producer, destination[at..]);
        }

        if (events is null)
            return at;
        events.CopyTo(destination.Slice(at, events.Length), header.Recorded);
        return at + events.Length;
    }
}
