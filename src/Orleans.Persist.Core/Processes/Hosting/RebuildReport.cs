namespace Orleans.Persist.Processes;

/// <summary>What a rebuild of many processes did.</summary>
/// <param name="Processes">How many are in memory and up to date now.</param>
/// <param name="Events">How many events, or messages, were applied.</param>
/// <param name="Failed">Those that could not be rebuilt, and why. Their next message tries again, by the policy of their kind.</param>
public sealed record RebuildReport(int Processes, long Events, IReadOnlyDictionary<ProcessId, Exception> Failed);
