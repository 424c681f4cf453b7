using Orleans.Persist.Embedded.Format;
using Orleans.Persist.Embedded.Segments;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Embedded.Reading;

/// <summary>Reads single records of a segment. Records near each other are read together; while one window after the other is wanted, the next one is read ahead.</summary>
internal sealed class RecordReader
{
    private const int Near = 16_384;
    private const int ProbeLength = 2048;
    private Segment? _segment;
    private RecordWindow _window = RecordWindow.Empty;
    private ReadAhead? _ahead;
    private long _end;

    /// <summary>The record at an offset, checked. It stays valid.</summary>
    /// <param name="segment">The segment, which the caller keeps open.</param>
    /// <param name="offset">Where the record begins.</param>
    /// <param name="next">The offset of the record that is wanted after it, or -1.</param>
    /// <exception cref="JournalDamagedException">There is no whole record.</exception>
    public RecordView Read(Segment segment, long offset, long next)
    {
        if (segment != _segment)
            (_segment, _window, _ahead, _end) = (segment, RecordWindow.Empty, null, long.MaxValue);
        var record = Find(segment, offset, next, out var isChecked) ?? ReadAlone(segment, offset);
        if (!isChecked && !RecordHeader.Checks(record.Span))
            throw new JournalDamagedException($"the checksum of a record of {record.Length} bytes does not match", Place(segment, offset));
        _end = offset + record.Length;
        return new RecordView(record);
    }

    /// <summary>The record where it is read together with others.</summary>
    private ReadOnlyMemory<byte>? Find(Segment segment, long offset, long next, out bool isChecked)
    {
        if (_window.Find(offset, out isChecked) is { } known)
            return known;
        var follows = offset >= _end && offset - _end < Near;
        if (_ahead?.Covers(offset) == true)
            _window = _ahead.Take();
        else if (next > offset && next - offset < (follows ? RecordWindow.Length : Near))
            _window = RecordWindow.Read(segment, offset, check: false);
        else
            return null;
        _ahead = follows ? ReadAhead.Start(segment, _window.End) : null;
        return _window.Find(offset, out isChecked);
    }

    private static ReadOnlyMemory<byte> ReadAlone(Segment segment, long offset)
    {
        Span<byte> probe = stackalloc byte[ProbeLength];
        var read = segment.Read(offset, probe[..(int)Math.Clamp(segment.Length - offset, 0, ProbeLength)]);
        if (read < RecordHeader.Length || !RecordHeader.IsPlausible(probe) || RecordHeader.LengthOf(probe) > segment.Length - offset)
            throw new JournalDamagedException("no record begins here", Place(segment, offset));
        var record = GC.AllocateUninitializedArray<byte>(RecordHeader.LengthOf(probe));
        var known = Math.Min(read, record.Length);
        probe[..known].CopyTo(record);
        if (known < record.Length && segment.Read(offset + known, record.AsSpan(known)) < record.Length - known)
            throw new JournalDamagedException("the record reaches beyond the file's end", Place(segment, offset));
        return record;
    }

    private static string Place(Segment segment, long offset) => $"{segment} at offset {offset}";
}
