using System.Text;
using Orleans.Persist.Embedded.Segments;
using Orleans.Persist.Embedded.Streams;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Embedded.Reading;

/// <summary>Gives the events of one incarnation of a stream, oldest first, from one version to another.</summary>
internal sealed class StreamCursor(SegmentSet segments, string stream, int incarnation, long low, long high) : IDisposable
{
    private const int Batch = 255;
    private readonly byte[] _utf8 = Encoding.UTF8.GetBytes(stream);
    private readonly ulong _key = StreamEntry.KeyOf(stream);
    private readonly RecordReader _reader = new();
    private readonly Posting[] _postings = new Posting[Batch];
    private Segment? _segment;
    private PostingRange _range;
    private int _rangeAt;
    private int _batchAt;
    private int _batchCount;
    private RecordEvents _events;
    private bool _open;
    private long _next = low;

    /// <summary>The next event, or null behind the last one.</summary>
    public RecordedEvent? Next()
    {
        while (_next <= high)
        {
            if (_open && !_events.AtEnd)
            {
                if (_events.NextVersion < _next)
                {
                    _events.Skip();
                    continue;
                }

                _next = _events.NextVersion + 1;
                return _events.Next();
            }

            if (!NextRecord())
            {
                RequireTruncated(high + 1);
                return null;
            }
        }

        return null;
    }

    public void Dispose() => Leave();

    private bool NextRecord()
    {
        while (NextPosting(out var posting, out var following))
        {
            if (posting.Incarnation != incarnation)
            {
                if (posting.Incarnation > incarnation)
                    return false;
                continue;
            }

            var record = _reader.Read(_segment!, posting.Offset, following);
            var header = record.Header;
            if (!record.Name.SequenceEqual(_utf8) || header.Events == 0 || header.LastVersion < _next)
                continue;
            if (header.Version > _next)
                RequireTruncated(header.Version);
            _events = new RecordEvents(record, stream);
            _open = true;
            return true;
        }

        return false;
    }

    private bool NextPosting(out Posting posting, out long following)
    {
        while (_batchAt >= _batchCount)
        {
            if (_segment is not null && _rangeAt < _range.Count)
            {
                _batchCount = _range.Index.Copy(_range, _rangeAt, _postings);
                _batchAt = 0;
                _rangeAt += _batchCount;
            }
            else if (!NextSegment())
            {
                (posting, following) = (default, -1);
                return false;
            }
        }

        posting = _postings[_batchAt++];
        following = _batchAt < _batchCount ? _postings[_batchAt].Offset : -1;
        return true;
    }

    private bool NextSegment()
    {
        if (_segment is null)
            return Start();
        var number = _segment.Name.Number + 1;
        Leave();
        return number <= segments.Newest.Name.Number && Enter(number);
    }

    /// <summary>Finds the segment with the first version wanted, from the newest to the oldest: most reads want the tail.</summary>
    private bool Start()
    {
        var wanted = new Posting(0, incarnation, _next);
        for (var number = segments.Newest.Name.Number; ; number--)
        {
            Enter(number);
            var at = _range.Count == 0 ? -1 : _range.LastAtOrBefore(wanted);
            _rangeAt = Math.Max(0, at);
            if (at >= 0 || number == segments.Oldest.Name.Number)
                return true;
            Leave();
        }
    }

    private bool Enter(long number)
    {
        _segment = segments.Acquire(number);
        _range = _segment.Index.Find(_key);
        (_rangeAt, _batchAt, _batchCount) = (0, 0, 0);
        return true;
    }

    private void Leave()
    {
        _segment?.Release();
        _segment = null;
        (_batchAt, _batchCount) = (0, 0);
    }

    /// <summary>Versions may only be missing where the stream was truncated or deleted since the read began.</summary>
    private void RequireTruncated(long before)
    {
        var head = segments.FindHead(stream, _key);
        if (head.Incarnation != incarnation)
            throw new StreamIncarnationException(stream, incarnation, head.Incarnation);
        if (before > head.FirstVersion)
        {
            throw new JournalDamagedException(
                $"the events from version {Math.Max(_next, head.FirstVersion)} to {before - 1} are missing", _segment?.ToString() ?? segments.Directory.Path, stream, _next);
        }

        _next = Math.Max(_next, before);
    }
}
