using System.Text;
using Orleans.Persist.Embedded.Segments;
using Orleans.Persist.Embedded.Streams;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Embedded.Reading;

/// <summary>Gives the events of one incarnation of a stream, newest first, from one version down to another.</summary>
internal sealed class BackwardCursor(SegmentSet segments, string stream, int incarnation, long low, long high)
{
    private readonly byte[] _utf8 = Encoding.UTF8.GetBytes(stream);
    private readonly ulong _key = StreamEntry.KeyOf(stream);
    private readonly RecordReader _reader = new();
    private readonly Stack<RecordedEvent> _events = new();
    private long _number = segments.Newest.Name.Number;
    private int _index = -1;
    private bool _inSegment;
    private long _next = high;

    /// <summary>The next event, or null behind the last one.</summary>
    public RecordedEvent? Next()
    {
        while (_next >= low)
        {
            if (_events.TryPop(out var @event))
            {
                if (@event.Version > _next)
                    continue;
                _next = @event.Version - 1;
                return @event;
            }

            if (_number < segments.Oldest.Name.Number)
            {
                RequireTruncated();
                return null;
            }

            ReadFrom(segments.Acquire(_number));
        }

        return null;
    }

    /// <summary>Fills the stack with the events of the segment's next older record, or goes on to the segment before.</summary>
    private void ReadFrom(Segment segment)
    {
        try
        {
            var range = segment.Index.Find(_key);

            // Compaction may have replaced the segment since the last record: the place is found again by version.
            if (range.Count > 0 && (!_inSegment || _index >= range.Count))
                _index = range.LastAtOrBefore(new Posting(0, incarnation, _next));
            _inSegment = true;
            for (; range.Count > 0 && _index >= 0; _index--)
            {
                var posting = range[_index];
                if (posting.Incarnation != incarnation || posting.Version > _next)
                    continue;
                var record = _reader.Read(segment, posting.Offset, next: -1);
                if (!record.Name.SequenceEqual(_utf8) || record.Header.Events == 0)
                    continue;
                if (record.Header.LastVersion < _next)
                    RequireTruncated();
                for (var events = new RecordEvents(record, stream); !events.AtEnd;)
                    _events.Push(events.Next());
                _index--;
                return;
            }

            (_inSegment, _number) = (false, _number - 1);
        }
        finally
        {
            segment.Release();
        }
    }

    private void RequireTruncated()
    {
        var head = segments.FindHead(stream, _key);
        if (head.Incarnation != incarnation)
            throw new StreamIncarnationException(stream, incarnation, head.Incarnation);
        if (_next >= head.FirstVersion)
            throw new JournalDamagedException($"the events up to version {_next} are missing", segments.Directory.Path, stream, _next);
    }
}
