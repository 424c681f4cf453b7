using Orleans.Persist.Journal;

namespace Orleans.Persist.Sources;

/// <summary>A sink's own code threw on an event. The event does not count as applied; the sink is stopped.</summary>
/// <param name="sink">The sink.</param>
/// <param name="event">The event it threw on.</param>
/// <param name="inner">What it threw.</param>
public sealed class SinkFailedException(string sink, RecordedEvent @event, Exception inner)
    : Exception($"Sink '{sink}' failed on event {@event.Stream}#{@event.Incarnation}.{@event.Version} of type '{@event.Type}': {inner.Message}", inner)
{
    /// <summary>The version of the event.</summary>
    public long Version { get; } = @event.Version;
}
