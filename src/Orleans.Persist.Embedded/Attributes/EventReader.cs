using System.Numerics;
using System.Text;
using Orleans.Persist.Embedded.Format;
using Orleans.Persist.Embedded.Segments;
using Orleans.Persist.Embedded.Streams;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Embedded.Attributes;

/// <summary>Reads single events of a stream, without the other events of their records.</summary>
internal sealed class EventReader(string stream, int incarnation)
{
    private const int ProbeLength = 1024;
    private const int LeastRead = 256;
    private const int Near = 16 << 10;
    private const int WindowLength = 64 << 10;
    private readonly byte[] _utf8 = Encoding.UTF8.GetBytes(stream);
    private readonly ulong _key = StreamEntry.KeyOf(stream);
    private byte[] _window = new byte[ProbeLength];
    private Segment? _segment;
    private long _windowOffset;
    private int _windowFilled;
    private uint _record;
    private RecordHead _head;
    private bool _isStreams;
    private int _probe = LeastRead;

    /// <summary>The checksum of what stands before a record's events, but for its length and its own checksum, which is over all events.</summary>
    public static uint PrefixChecksum(ReadOnlySpan<byte> prefix) => Crc32C.Of(prefix[8..]);

    /// <summary>The checksum of an event.</summary>
    public static uint Checksum(uint prefix, ReadOnlySpan<byte> body) => Crc32C.Of(body) ^ BitOperations.RotateLeft(prefix, 7);

    /// <summary>The event at a posting, or null where another stream's stands there, under the same key.</summary>
    /// <param name="segment">The segment, which the caller keeps open.</param>
    /// <param name="index">The index that the posting is of.</param>
    /// <param name="posting">Where.</param>
    /// <param name="version">The version it must have.</param>
    /// <param name="next">The offset of the record wanted after it, or -1: those near each other are read together.</param>
    /// <exception cref="JournalDamagedException">The event does not check.</exception>
    public RecordedEvent? Read(Segment segment, IAttributeIndex index, AttributePosting posting, long version, long next)
    {
        if (segment != _segment)
            (_segment, _windowFilled, _record) = (segment, 0, 0);
        var near = next > posting.Offset && next - posting.Offset < Near;
        if (posting.Offset != _record)
        {
            _record = 0;
            _head = index.FindHead(posting.Offset);
            if (_head.Offset == 0)
                ReadPrefix(posting.Offset, near);
            else
                _isStreams = _head.Stream == _key && _head.Incarnation == incarnation;
            _record = posting.Offset;
        }

        if (!_isStreams || version < _head.Version || version > _head.LastVersion)
            return null;
        var at = posting.Offset + (long)posting.At;
        var head = Window(at, Varint.MaxLength, near);
        var start = 0;
        var length = Varint.Read(head, ref start);
        if (length > SegmentLimits.MaxAppendBytes)
            throw Damaged(posting, version);
        var body = Window(at + start, (int)length, near: false).ToArray();
        if (body.Length < (int)length || Checksum(_head.PrefixChecksum, body) != posting.Checksum)
            throw Damaged(posting, version);
        _probe = Math.Clamp((int)length + (int)length / 8 + Varint.MaxLength, LeastRead, 16 * LeastRead); // the next one is probably about as long
        return new RecordedEvent(
            stream, _head.Incarnation, version, _head.Position + (version - _head.Version), new DateTime(_head.Recorded, DateTimeKind.Utc), body);
    }

    private void ReadPrefix(uint offset, bool near)
    {
        var head = Window(offset, ProbeLength, near);
        if (head.Length < RecordHeader.Length || !RecordHeader.IsPlausible(head))
            throw new JournalDamagedException("no record begins here", $"{_segment} at offset {offset}", stream);
        var header = RecordHeader.Read(head);
        _isStreams = header.Incarnation == incarnation && header.Events > 0 && head.Length >= RecordHeader.Length + header.NameLength && head.Slice(RecordHeader.Length, header.NameLength).SequenceEqual(_utf8);
        if (!_isStreams)
            return;

        // A name and a producer fit into what was read but in rare cases.
        var most = RecordHeader.Length + header.NameLength + RecordHeader.HashLength + (2 * Varint.MaxLength) + (3 * ProducerSequence.MaxNameLength);
        if (header.HasProducer && most > head.Length)
            head = Window(offset, most, near: false);
        _head = RecordHead.Of(offset, _key, header, PrefixChecksum(head[..RecordView.EventsOffsetOf(head, header)]));
    }

    /// <summary>Bytes of the segment, fewer than asked for only at its end. Valid until the next call.</summary>
    private ReadOnlySpan<byte> Window(long offset, int length, bool near)
    {
        length = (int)Math.Max(0, Math.Min(length, _segment!.Length - offset));
        if (offset < _windowOffset || offset + length > _windowOffset + _windowFilled)
        {
            var wanted = (int)Math.Min(Math.Max(length, near ? WindowLength : _probe), _segment.Length - offset);
            if (_window.Length < wanted)
                _window = GC.AllocateUninitializedArray<byte>(wanted);
            (_windowOffset, _windowFilled) = (offset, 0);
            _windowFilled = _segment.Read(offset, _window.AsSpan(0, wanted));
            length = Math.Min(length, _windowFilled);
        }

        return _window.AsSpan((int)(offset - _windowOffset), length);
    }

    private JournalDamagedException Damaged(AttributePosting posting, long version) => new(
        "the event does not match its checksum in the attribute index; where the segment itself is whole, delete that index (.att) with no process running, and it is made anew",
        $"{_segment} at offset {posting.Offset + (long)posting.At}",
        stream,
        version);
}
