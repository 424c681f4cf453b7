namespace Orleans.Persist.Embedded.Segments;

/// <summary>Where in a segment a record of a stream stands.</summary>
/// <param name="Offset">Of the record.</param>
/// <param name="Incarnation">Of the stream.</param>
/// <param name="Version">Of its first event; for a record without events, of the next one.</param>
internal readonly record struct Posting(uint Offset, int Incarnation, long Version) : IComparable<Posting>
{
    public const int Length = 16;

    public int CompareTo(Posting other) => (Incarnation, Version).CompareTo((other.Incarnation, other.Version));
}
