namespace Orleans.Persist.Processes;

/// <summary>What becomes of a message for a mailbox that is full.</summary>
public enum MailboxOverflow
{
    /// <summary>The sender gets a <see cref="MailboxFullException"/>. The default.</summary>
    Reject = 0,

    /// <summary>The sender waits for room, up to <see cref="ProcessHostOptions.CallTimeout"/>.</summary>
    Wait = 1,
}
