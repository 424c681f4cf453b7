using Orleans.Persist.Embedded.Segments;

namespace Orleans.Persist.Embedded.Writing;

/// <summary>Keeps zeros ahead of the end of the segment being written.</summary>
/// <remarks>
/// A flush of bytes in blocks that the file already has spares the file system's own bookkeeping, which costs a small group about as much as its bytes do.
/// A large group gains nothing by it, so it gets none. Zeros are no record: recovery cuts them off, as closing the segment does.
/// </remarks>
internal sealed class SegmentSpace(long segmentBytes)
{
    private const int LargestGroup = 64 << 10;
    private const int Least = 64 << 10;
    private const int Most = 1 << 20;
    private static readonly byte[] Zeros = new byte[Least];
    private Segment? _segment;
    private long _end;

    /// <summary>Makes room for a group where it is small and little room is left. Fails silently: the group itself tells of a full disk.</summary>
    public void Extend(Segment segment, int group)
    {
        if (segment != _segment)
            (_segment, _end) = (segment, segment.Length);
        if (group > LargestGroup || segment.Length + group <= _end)
            return;
        _end = Math.Max(_end, segment.Length);
        var until = Math.Min(segment.Length + group + Math.Clamp(segment.Length / 4, Least, Most), segmentBytes);
        try
        {
            for (; _end < until; _end += Math.Min(Zeros.Length, until - _end))
                segment.File.Write(_end, Zeros.AsSpan(0, (int)Math.Min(Zeros.Length, until - _end)));
        }
        catch (IOException)
        {
            _end = long.MaxValue; // no further attempt on this segment
        }
    }

    /// <summary>Cuts off what is behind the segment's end: zeros, or what a failed write left.</summary>
    public static void CutOff(Segment segment)
    {
        try
        {
            segment.File.SetLength(segment.Length);
        }
        catch (IOException)
        {
            // The storage fails just now. The next segment says how much of this one counts.
        }
    }
}
