using System.Text;
using Orleans.Persist.Embedded.Format;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Embedded.Writing;

/// <summary>Lays out a record. Length, flushed offset and checksum are set later.</summary>
internal static class RecordWriter
{
    /// <summary>The most bytes a producer takes in a record.</summary>
    public const int MaxProducerLength = (2 * Varint.MaxLength) + (3 * ProducerSequence.MaxNameLength);

    /// <summary>Writes a record and returns its length.</summary>
    public static int Write(
        Span<byte> destination, RecordHeader header, ReadOnlySpan<byte> name, ProducerSequence? producer, ReadOnlySpan<EventData> events, out long eventBytes)
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

        eventBytes = 0;
        foreach (var @event in events)
        {
            // The length stands before the body and is known after it: a length of the size most likely is left free, and the body moved where it is another.
            var guess = Varint.Length((ulong)@event.Data.Length + 64);
            var length = EventBody.Write(@event, header.Recorded, destination[(at + guess)..]);
            var needed = Varint.Length((ulong)length);
            if (needed != guess)
                destination.Slice(at + guess, length).CopyTo(destination[(at + needed)..]);
            at = Varint.Write(destination, at, (ulong)length) + length;
            eventBytes += length;
        }

        return at;
    }
}
