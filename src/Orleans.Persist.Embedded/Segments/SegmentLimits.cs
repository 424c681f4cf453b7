namespace Orleans.Persist.Embedded.Segments;

/// <summary>The sizes the format allows.</summary>
internal static class SegmentLimits
{
    /// <summary>The most bytes of events in one append. Bounds the memory that one append and one read take.</summary>
    public const int MaxAppendBytes = 64 << 20;

    /// <summary>The most events in one append.</summary>
    public const int MaxAppendEvents = 100_000;

    /// <summary>The longest record: an append's events and what stands around them (a length of five bytes each).</summary>
    public const int MaxRecordBytes = MaxAppendBytes + (5 * MaxAppendEvents) + 8192;

    /// <summary>A group stops growing at this size; appends then wait for the next one.</summary>
    public const int MaxGroupBytes = 16 << 20;
}
