namespace Orleans.Persist.Journal;

/// <summary>The storage cannot be used now: it failed, is full, is held by another process, or is closed.</summary>
public sealed class JournalUnavailableException(string message, Exception? inner = null) : JournalException(message, inner);
