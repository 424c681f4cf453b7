namespace Orleans.Persist.Journal;

/// <summary>A journal that can hand out the events of all streams in blocks, undecoded: for passes over millions of them.</summary>
public interface IBlockJournal : IPositionedJournal
{
    /// <summary>Reads all events from a position on, oldest first, up to what is durable when it starts. Each block belongs to the caller, who gives it back with <see cref="EventBlock.Release"/>.</summary>
    /// <remarks>Unlike <see cref="IPositionedJournal.ReadAllAsync"/>, events that were truncated or deleted may still come, and some before the position: whoever reads knows which versions he wants.</remarks>
    /// <exception cref="JournalDamagedException">A record does not check.</exception>
    IAsyncEnumerable<EventBlock> ReadBlocksAsync(long fromPosition = 1, CancellationToken cancellationToken = default);
}
