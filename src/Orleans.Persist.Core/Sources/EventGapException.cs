using Orleans.Persist.Journal;

namespace Orleans.Persist.Sources;

/// <summary>A sink cannot go on, since events that it has not applied are no longer there.</summary>
/// <param name="source">The source.</param>
/// <param name="sink">The sink.</param>
/// <param name="covered">The last version that the sink's state covers.</param>
/// <param name="first">The first version that can be read.</param>
public sealed class EventGapException(string source, string sink, long covered, long first)
    : JournalException($"Sink '{sink}' covers source '{source}' up to version {covered}, but the first event that can be read is {first}: events {covered + 1} to {first - 1} are gone. Forget the sink's exports to have it begin anew.")
{
    /// <summary>The event source.</summary>
    public string EventSource { get; } = source;

    /// <summary>The sink.</summary>
    public string Sink { get; } = sink;

    /// <summary>The last version that the sink's state covers.</summary>
    public long Covered { get; } = covered;

    /// <summary>The first version that can be read.</summary>
    public long First { get; } = first;
}
