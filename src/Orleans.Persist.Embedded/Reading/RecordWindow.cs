using Orleans.Persist.Embedded.Format;
using Orleans.Persist.Embedded.Segments;

namespace Orleans.Persist.Embedded.Reading;

/// <summary>Bytes of a segment from a record's begin on, in memory that stays valid.</summary>
internal sealed class RecordWindow
{
    // Below the size from which the runtime puts arrays on the large object heap, where they would be collected late.
    public const int Length = 80_000;
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly long _offset;
    private readonly int _checked;

    private RecordWindow(ReadOnlyMemory<byte> bytes, long offset, bool check)
    {
        (_bytes, _offset) = (bytes, offset);
        var at = 0;
        while (RecordAt(at) is { } record && !(check && !RecordHeader.Checks(record.Span)))
            at += record.Length;
        (End, _checked) = (offset + at, check ? at : 0);
    }

    /// <summary>A window without records.</summary>
    public static RecordWindow Empty { get; } = new(default, 0, check: false);

    /// <summary>The offset behind the last whole record, or of the first one that does not check.</summary>
    public long End { get; }

    /// <summary>Reads a window that begins with the record at an offset.</summary>
    /// <param name="segment">The segment, which the caller keeps open.</param>
    /// <param name="offset">Where the record begins.</param>
    /// <param name="check">Whether to check all records at once.</param>
    public static RecordWindow Read(Segment segment, long offset, bool check)
    {
        var bytes = GC.AllocateUninitializedArray<byte>((int)Math.Clamp(segment.Length - offset, 0, Length));
        var read = segment.Read(offset, bytes);
        return new RecordWindow(bytes.AsMemory(0, read), offset, check);
    }

    /// <summary>The record at an offset, or null where it is not wholly there.</summary>
    /// <param name="offset">Where it begins.</param>
    /// <param name="isChecked">Whether its checksum was found to match.</param>
    public ReadOnlyMemory<byte>? Find(long offset, out bool isChecked)
    {
        var at = offset - _offset;
        isChecked = false;
        if (at < 0 || at > _bytes.Length || RecordAt((int)at) is not { } record)
            return null;
        isChecked = at < _checked;
        return record;
    }

    private ReadOnlyMemory<byte>? RecordAt(int at)
    {
        var head = _bytes.Span[at..];
        if (head.Length < RecordHeader.Length || !RecordHeader.IsPlausible(head) || RecordHeader.LengthOf(head) > head.Length)
            return null;
        return _bytes.Slice(at, RecordHeader.LengthOf(head));
    }
}
