namespace Orleans.Persist.Embedded.Attributes;

/// <summary>What a segment holds of one incarnation of a stream.</summary>
/// <param name="Stream">The stream's key.</param>
/// <param name="Incarnation">The incarnation.</param>
/// <param name="Events">How many events.</param>
/// <param name="First">The lowest version.</param>
/// <param name="Last">The highest version.</param>
/// <param name="Earliest">The lowest publisher's time, ticks.</param>
/// <param name="Latest">The highest publisher's time, ticks.</param>
/// <param name="Ids">How many of the events have an id of their own.</param>
internal sealed record StreamAttributes(ulong Stream, int Incarnation, int Events, long First, long Last, long Earliest, long Latest, int Ids)
{
    public const int Length = 56;

    /// <summary>Where its identities begin among those of the index file.</summary>
    public int FirstId { get; init; }
}
