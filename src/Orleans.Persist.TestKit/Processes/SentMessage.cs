using Orleans.Persist.Processes;

namespace Orleans.Persist.TestKit.Processes;

/// <summary>A message that a process has sent to another.</summary>
/// <param name="To">The receiver.</param>
/// <param name="Message">The message.</param>
public sealed record SentMessage(ProcessId To, object Message);
