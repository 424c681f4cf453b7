using Orleans.Persist.Journal;

namespace Orleans.Persist.Sources;

/// <summary>One page of a query's events.</summary>
/// <param name="Events">The events, in the query's order.</param>
/// <param name="Next">The cursor for what follows, or null where nothing can follow any more: the query's limit or last version, or backward the begin, was reached. A forward query's cursor stays good for events that are published later.</param>
/// <param name="AtEnd">Whether nothing follows for now. When false, the next page may still turn out empty.</param>
public sealed record EventPage(IReadOnlyList<RecordedEvent> Events, string? Next, bool AtEnd);
