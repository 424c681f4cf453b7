using Orleans.Persist.Embedded.Format;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Embedded.Reading;

/// <summary>Goes through the events of one record.</summary>
internal struct RecordEvents
{
    private readonly RecordView _record;
    private readonly string _stream;
    private int _at;
    private int _index;

    public RecordEvents(RecordView record, string stream)
    {
        _record = record;
        _stream = stream;
        _at = record.Header.Events == 0 ? 0 : record.EventsOffset;
    }

    /// <summary>The version of the next event.</summary>
    public readonly long NextVersion => _record.Header.Version + _index;

    public readonly bool AtEnd => _index >= _record.Header.Events;

    /// <summary>The next event. There must be one.</summary>
    public RecordedEvent Next()
    {
        var body = NextBody();
        var header = _record.Header;
        var index = _index - 1;
        return new RecordedEvent(
            _stream, header.Incarnation, header.Version + index, header.Position + index, new DateTime(header.Recorded, DateTimeKind.Utc), body);
    }

    public void Skip() => NextBody();

    private ReadOnlyMemory<byte> NextBody()
    {
        var length = (int)Varint.Read(_record.Bytes.Span, ref _at);
        var body = _record.Bytes.Slice(_at, length);
        _at += length;
        _index++;
        return body;
    }
}
