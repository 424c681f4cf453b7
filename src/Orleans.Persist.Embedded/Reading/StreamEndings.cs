using Orleans.Persist.Embedded.Segments;
using Orleans.Persist.Embedded.Streams;

namespace Orleans.Persist.Embedded.Reading;

/// <summary>Tells, in a pass over the whole log, which events were truncated or deleted but not yet compacted away.</summary>
internal sealed class StreamEndings(SegmentSet segments)
{
    private const int Held = 1 << 16;
    private readonly Dictionary<string, HeadState> _heads = new(StringComparer.Ordinal);

    /// <summary>The first version kept of an incarnation of a stream; beyond all versions if the incarnation was deleted.</summary>
    public long FirstVersion(string stream, int incarnation)
    {
        if (!_heads.TryGetValue(stream, out var head))
        {
            if (_heads.Count >= Held)
                _heads.Clear();
            _heads[stream] = head = segments.FindHead(stream, StreamEntry.KeyOf(stream));
        }

        return head.Incarnation == incarnation ? head.FirstVersion : long.MaxValue;
    }
}
