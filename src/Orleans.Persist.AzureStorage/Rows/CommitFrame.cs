using System.Buffers.Binary;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.AzureStorage.Rows;

/// <summary>The events of one append as bytes.</summary>
/// <remarks>
/// <code>
/// u8   format      1
/// u8 × 3           0
/// u32  checksum    CRC-32C of everything behind it
/// u64  stream      StableHash of the stream's name in UTF-8
/// i32  incarnation
/// i32  count       how many events
/// i64  first       the version of the first event
/// i64  recorded    ticks of 100 ns since 0001-01-01 UTC
/// count × (varint length, event as EventBody lays it out)
/// </code>
/// Little endian. That stream, incarnation and versions stand inside the checksum tells a row that was put in another's place.
/// </remarks>
internal readonly struct CommitFrame
{
    public const int HeaderLength = 40;
    private const byte Format = 1;
    private const int ChecksumAt = 4;
    private const int CheckedFrom = 8;

    // Above that an event gets bytes of its own, or one that is kept would keep all of its commit.
    private const int LargestShared = 64 << 10;
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly string _stream;

    private CommitFrame(ReadOnlyMemory<byte> bytes, string stream) => (_bytes, _stream) = (bytes, stream);

    public int Incarnation => BinaryPrimitives.ReadInt32LittleEndian(_bytes.Span[16..]);

    public int Count => BinaryPrimitives.ReadInt32LittleEndian(_bytes.Span[20..]);

    public long First => BinaryPrimitives.ReadInt64LittleEndian(_bytes.Span[24..]);

    public long Last => First + Count - 1;

    public DateTime Recorded => new(BinaryPrimitives.ReadInt64LittleEndian(_bytes.Span[32..]), DateTimeKind.Utc);

    /// <summary>Writes the header in front of the events, and the checksum.</summary>
    public static uint Seal(Span<byte> frame, StreamKey key, int incarnation, int count, long first, long recorded)
    {
        frame[..CheckedFrom].Clear();
        frame[0] = Format;
        BinaryPrimitives.WriteUInt64LittleEndian(frame[8..], key.Hash);
        BinaryPrimitives.WriteInt32LittleEndian(frame[16..], incarnation);
        BinaryPrimitives.WriteInt32LittleEndian(frame[20..], count);
        BinaryPrimitives.WriteInt64LittleEndian(frame[24..], first);
        BinaryPrimitives.WriteInt64LittleEndian(frame[32..], recorded);
        var checksum = Crc32C.Of(frame[CheckedFrom..]);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[ChecksumAt..], checksum);
        return checksum;
    }

    /// <summary>The frame of a row, checked against it.</summary>
    /// <exception cref="FormatException">It does not check; the message says why.</exception>
    public static CommitFrame Open(ReadOnlyMemory<byte> bytes, StreamKey key, CommitRow row)
    {
        var span = bytes.Span;
        if (span.Length != row.Length)
            throw new FormatException($"{span.Length} bytes are there, {row.Length} were written");
        if (span.Length < HeaderLength)
            throw new FormatException($"{span.Length} bytes are too few for a commit");
        if (span[0] > Format)
            throw new FormatException($"the commit has format {span[0]}; this release reads up to {Format}");
        var checksum = Crc32C.Of(span[CheckedFrom..]);
        if (checksum != BinaryPrimitives.ReadUInt32LittleEndian(span[ChecksumAt..]) || checksum != row.Checksum)
            throw new FormatException("the checksum does not match");
        var frame = new CommitFrame(bytes, key.Name);
        if (BinaryPrimitives.ReadUInt64LittleEndian(span[8..]) != key.Hash || frame.Incarnation != row.Incarnation || frame.Last != row.LastVersion || frame.First != row.FirstVersion)
            throw new FormatException($"the commit is another one's: versions {frame.First} to {frame.Last} of incarnation {frame.Incarnation}");
        return frame;
    }

    /// <summary>The events in order.</summary>
    public RecordedEvent[] ToEvents()
    {
        var events = new RecordedEvent[Count];
        var (at, version, recorded) = (HeaderLength, First, Recorded);
        for (var i = 0; i < events.Length; i++)
        {
            var length = (int)Varint.Read(_bytes.Span, ref at);
            var body = _bytes.Slice(at, length);
            if (_bytes.Length > LargestShared)
                body = body.ToArray();
            events[i] = new RecordedEvent(_stream, Incarnation, version++, 0, recorded, body);
            at += length;
        }

        return events;
    }
}
