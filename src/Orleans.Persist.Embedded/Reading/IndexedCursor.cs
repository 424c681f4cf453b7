using Orleans.Persist.Embedded.Attributes;
using Orleans.Persist.Embedded.Segments;
using Orleans.Persist.Embedded.Streams;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Embedded.Reading;

/// <summary>Gives the events of one incarnation of a stream that can match a filter, in either direction, without reading those that cannot where there is an index. The filter is for the caller to apply.</summary>
internal sealed class IndexedCursor : IDisposable
{
    // Above this share of a segment's events, reading all of them in order is quicker than reading each by itself.
    private const int WorthwhileShare = 6;
    private readonly SegmentSet _segments;
    private readonly AttributeIndexes _indexes;
    private readonly string _stream;
    private readonly ulong _key;
    private readonly int _incarnation;
    private readonly long _low;
    private readonly long _high;
    private readonly EventFilter _filter;
    private readonly bool _backward;
    private readonly FilterKeys _keys;
    private readonly EventReader _reader;
    private readonly List<AttributePosting> _found = [];
    private Func<RecordedEvent?>? _scan;
    private IDisposable? _scanning;
    private Segment? _segment;
    private IAttributeIndex? _index;
    private long _first;
    private int _at;
    private long _number;

    public IndexedCursor(
        SegmentSet segments, AttributeIndexes indexes, string stream, int incarnation, long low, long high, EventFilter filter, bool backward, bool ownIds = false)
    {
        (_segments, _indexes, _stream, _incarnation) = (segments, indexes, stream, incarnation);
        (_low, _high, _filter, _backward) = (low, high, filter, backward);
        _key = StreamEntry.KeyOf(stream);
        _keys = new FilterKeys(_key, incarnation, filter, ownIds);
        _reader = new EventReader(stream, incarnation);
        _number = backward ? segments.Newest.Name.Number + 1 : segments.Oldest.Name.Number - 1;
    }

    /// <summary>The next event, or null behind the last one.</summary>
    public RecordedEvent? Next()
    {
        while (true)
        {
            if (_scan is not null)
            {
                if (_scan() is { } scanned)
                    return scanned;
                EndScan();
            }
            else if (_at < _found.Count)
            {
                var posting = Found(_at++);
                var next = _at < _found.Count ? (long)Found(_at).Offset : -1;
                if (_reader.Read(_segment!, _index!, posting, _first + posting.Version, next) is { } @event)
                    return @event;
            }
            else if (!NextSegment())
            {
                return null;
            }
        }
    }

    public void Dispose()
    {
        EndScan();
        Leave();
    }

    private AttributePosting Found(int index) => _found[_backward ? _found.Count - 1 - index : index];

    private bool NextSegment()
    {
        Leave();
        _number += _backward ? -1 : 1;
        if (_number < _segments.Oldest.Name.Number || _number > _segments.Newest.Name.Number)
            return false;
        _segment = _segments.Acquire(_number);
        var stream = _indexes.Find(_segment, _key, _incarnation, TryFind);
        if (stream is null)
            return Scan();
        _first = stream.First;
        return _backward ? stream.Events == 0 || stream.Last >= _low : stream.Events == 0 || stream.First <= _high;
    }

    /// <summary>Looks the filter up. False where the segment has to be read instead.</summary>
    private bool TryFind(StreamAttributes stream, IAttributeIndex index)
    {
        var (low, high) = (Math.Max(_low, stream.First), Math.Min(_high, stream.Last));
        if (low > high || _filter.Since?.UtcTicks > stream.Latest || _filter.Until?.UtcTicks <= stream.Earliest)
            return true;
        _index = index;
        if (!_keys.TryFind(index, stream.Events / WorthwhileShare, _found))
            return false;
        if (low > stream.First || high < stream.Last)
            _found.RemoveAll(posting => stream.First + posting.Version < low || stream.First + posting.Version > high);
        return true;
    }

    /// <summary>Reads the stream's events in the segment one after the other.</summary>
    private bool Scan()
    {
        if (AttributeIndexes.VersionsIn(_segment!, _key, _incarnation) is not { } versions)
            return true;
        var (low, high) = (Math.Max(_low, versions.First), Math.Min(_high, versions.Last));
        if (low > high)
            return true;
        if (_backward)
        {
            _scan = new BackwardCursor(_segments, _stream, _incarnation, low, high).Next;
        }
        else
        {
            var cursor = new StreamCursor(_segments, _stream, _incarnation, low, high);
            (_scan, _scanning) = (cursor.Next, cursor);
        }

        return true;
    }

    private void EndScan()
    {
        _scanning?.Dispose();
        (_scan, _scanning) = (null, null);
    }

    private void Leave()
    {
        _segment?.Release();
        _segment = null;
        _found.Clear();
        _at = 0;
    }
}
