namespace Orleans.Persist.Embedded.Attributes;

/// <summary>Where in a segment an event stands. Events are read one by one, without their neighbours in a record, so each has a checksum of its own.</summary>
/// <param name="Offset">Of its record; never 0.</param>
/// <param name="At">Of the event (its length) in the record.</param>
/// <param name="Version">Its version, less the first version that its stream has in the segment.</param>
/// <param name="Checksum">Over what stands before the events in the record, and the event, see <see cref="EventReader"/>.</param>
internal readonly record struct AttributePosting(uint Offset, uint At, uint Version, uint Checksum) : IComparable<AttributePosting>
{
    public const int Length = 16;

    /// <summary>Its place in the segment, which is the order of versions too.</summary>
    public ulong Place => ((ulong)Offset << 32) | At;

    public int CompareTo(AttributePosting other) => Place.CompareTo(other.Place);
}
