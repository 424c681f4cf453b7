using System.Text;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Embedded.Format;

/// <summary>A whole, checked record.</summary>
internal readonly struct RecordView(ReadOnlyMemory<byte> bytes)
{
    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    public RecordHeader Header { get; } = RecordHeader.Read(bytes.Span);

    public ReadOnlySpan<byte> Name => Bytes.Span.Slice(RecordHeader.Length, Header.NameLength);

    public string ReadName() => Encoding.UTF8.GetString(Name);

    /// <summary>The producer's number, where the record has one.</summary>
    public ProducerSequence? ReadProducer()
    {
        if (!Header.HasProducer)
            return null;
        var at = AfterHash;
        var sequence = (long)Varint.Read(Bytes.Span, ref at);
        var length = (int)Varint.Read(Bytes.Span, ref at);
        return new ProducerSequence(Encoding.UTF8.GetString(Bytes.Span.Slice(at, length)), sequence);
    }

    /// <summary>Where the events begin.</summary>
    public int EventsOffset => EventsOffsetOf(Bytes.Span, Header);

    /// <summary>Where the events of a record begin, of which at least the bytes before them are there.</summary>
    public static int EventsOffsetOf(ReadOnlySpan<byte> record, RecordHeader header)
    {
        var at = AfterHashOf(header);
        if (header.HasProducer)
        {
            Varint.Read(record, ref at);
            var length = (int)Varint.Read(record, ref at);
            at += length;
        }

        return at;
    }

    /// <summary>The result that the append of this record had.</summary>
    public AppendResult Result => new(
        Header.Incarnation, Header.Version, Header.LastVersion, Header.Position + Header.Count - 1, new DateTimeOffset(Header.Recorded, TimeSpan.Zero));

    private int AfterHash => AfterHashOf(Header);

    private static int AfterHashOf(RecordHeader header) =>
        RecordHeader.Length + header.NameLength + ((header.Flags & RecordHeader.HashFlag) != 0 ? RecordHeader.HashLength : 0);
}
