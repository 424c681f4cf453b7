namespace Orleans.Persist.Journal;

/// <summary>A journal that knows the order of all its events across streams.</summary>
public interface IPositionedJournal : IJournal
{
    /// <summary>The position of the newest durable event, 0 where there is none.</summary>
    long Position { get; }

    /// <summary>Reads the events of all streams from a position on, oldest first, up to what is durable when it starts. Events that were truncated or deleted may be missing.</summary>
    IAsyncEnumerable<RecordedEvent> ReadAllAsync(long fromPosition = 1, EventFilter? filter = null, CancellationToken cancellationToken = default);

    /// <summary>Completes once the journal has an event above <paramref name="position"/>, and returns the newest position.</summary>
    ValueTask<long> WaitForPositionAsync(long position, CancellationToken cancellationToken = default);
}
