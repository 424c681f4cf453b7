namespace Orleans.Persist.LogConsistency;

/// <summary>What one of Orleans' own log-consistency providers has stored of a grain.</summary>
/// <param name="Log">All events, of a log storage; else none.</param>
/// <param name="State">The state, of a state storage; else null.</param>
internal sealed record StoredLog<TView, TEntry>(IReadOnlyList<TEntry> Log, TView? State)
    where TView : class;
