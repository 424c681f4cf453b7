namespace Orleans.Persist.TestKit.Processes;

/// <summary>A process did something else than its test expects; the message says what was expected and what came.</summary>
public sealed class ProcessAssertionException(string message, Exception? cause = null) : Exception(message, cause);
