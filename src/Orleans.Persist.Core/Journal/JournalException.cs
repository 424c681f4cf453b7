namespace Orleans.Persist.Journal;

/// <summary>Anything a journal or a store has to tell apart from a caller's mistake.</summary>
public class JournalException(string message, Exception? inner = null) : Exception(message, inner);
