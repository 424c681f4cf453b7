namespace Orleans.Persist.Embedded.Attributes;

/// <summary>What a segment holds of one incarnation of a stream.</summary>
/// <param name="Stream">The stream's key.</param>
/// <param name="Incarnation">The incarnation.</param>
/// <param name="Events">How many events.</param>
/// <param name="First">The lowest version.</param>
/// <param name="Last">The highest version.</param>
/// <param name="Earliest">The lowest publisher's time, ticks.</param>
/// <param name="Latest">The highest publisher's time, ticks.</param>
internal sealed record StreamAttributes(ulong Stream, int Incarnation, int Events, long First, long Last, long Earliest, long Latest)
{
    public const int Length = 48;
}
