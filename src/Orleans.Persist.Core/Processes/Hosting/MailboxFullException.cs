namespace Orleans.Persist.Processes;

/// <summary>A process has as many messages waiting as its mailbox takes. The message was not taken.</summary>
public sealed class MailboxFullException(ProcessId process, int capacity)
    : Exception($"The mailbox of '{process}' is full: {capacity} messages wait. Send less, or raise {nameof(ProcessOptions<,>.MailboxCapacity)}.")
{
    /// <summary>The process.</summary>
    public ProcessId Process { get; } = process;
}
