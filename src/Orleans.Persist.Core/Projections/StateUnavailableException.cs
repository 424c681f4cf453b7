using Orleans.Persist.Journal;

namespace Orleans.Persist.Projections;

/// <summary>A state cannot be rebuilt: events that it needs were truncated away and no snapshot covers them, or the version asked for is not there yet.</summary>
public sealed class StateUnavailableException(string message) : JournalException(message);
