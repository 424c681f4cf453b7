using Orleans.Persist.Embedded.Files;
using Orleans.Persist.Embedded.Format;
using Orleans.Persist.Embedded.Segments;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Embedded.Reading;

/// <summary>Reads single records of a segment. Records near each other are read together.</summary>
internal sealed class RecordReader
{
    private const int WindowLength = 80_000;
    private const int Near = 16_384;
    private const int ProbeLength = 2048;
    private Segment? _segment;
    private byte[] _window = [];
    private long _windowOffset;

    /// <summary>The record at an offset, checked. It stays valid.</summary>
    /// <param name="segment">The segment, which the caller keeps open.</param>
    /// <param name="offset">Where the record begins.</param>
    /// <param name="next">The offset of the record that is wanted after it, or -1.</param>
    /// <exception cref="JournalDamagedException">There is no whole record.</exception>
    public RecordView Read(Segment segment, long offset, long next)
    {
        if (segment != _segment)
            (_segment, _window) = (segment, []);
        if (InWindow(offset) is { } record)
            return Check(segment, offset, record);
        if (next > offset && next - offset < Near)
        {
            _window = GC.AllocateUninitializedArray<byte>((int)Math.Min(WindowLength, Math.Max(0, segment.Length - offset)));
            _windowOffset = offset;
            var read = segment.File.ReadOrFail(segment.Name.Log, offset, _window);
            if (read < _window.Length)
                Array.Resize(ref _window, read);
            if (InWindow(offset) is { } first)
                return Check(segment, offset, first);
        }

        return ReadAlone(segment, offset);
    }

    private static RecordView ReadAlone(Segment segment, long offset)
    {
        Span<byte> probe = stackalloc byte[ProbeLength];
        var read = segment.File.ReadOrFail(segment.Name.Log, offset, probe[..(int)Math.Clamp(segment.Length - offset, 0, ProbeLength)]);
        if (read < RecordHeader.Length || !RecordHeader.IsPlausible(probe) || RecordHeader.LengthOf(probe) > segment.Length - offset)
            throw new JournalDamagedException("no record begins here", Place(segment, offset));
        var record = GC.AllocateUninitializedArray<byte>(RecordHeader.LengthOf(probe));
        var known = Math.Min(read, record.Length);
        probe[..known].CopyTo(record);
        if (known < record.Length && segment.File.ReadOrFail(segment.Name.Log, offset + known, record.AsSpan(known)) < record.Length - known)
            throw new JournalDamagedException("the record reaches beyond the file's end", Place(segment, offset));
        return Check(segment, offset, record);
    }

    private static RecordView Check(Segment segment, long offset, ReadOnlyMemory<byte> record) => RecordHeader.Checks(record.Span)
        ? new RecordView(record)
        : throw new JournalDamagedException($"the checksum of a record of {record.Length} bytes does not match", Place(segment, offset));

    private static string Place(Segment segment, long offset) => $"{segment} at offset {offset}";

    private ReadOnlyMemory<byte>? InWindow(long offset)
    {
        var at = offset - _windowOffset;
        if (at < 0 || at + RecordHeader.Length > _window.Length)
            return null;
        var head = _window.AsSpan((int)at);
        if (!RecordHeader.IsPlausible(head) || RecordHeader.LengthOf(head) > head.Length)
            return null;
        return _window.AsMemory((int)at, RecordHeader.LengthOf(head));
    }
}
