namespace Orleans.Persist.LogConsistency;

/// <summary>What becomes of raised events while the storage cannot take them.</summary>
public enum StoreFailurePolicy
{
    /// <summary>They stay unconfirmed and go again, with growing delays, until they are stored. Who waits for them gets a <see cref="TimeoutException"/> after the configured time. The default.</summary>
    Retry = 0,

    /// <summary>After a few attempts they are withdrawn, and who waits for them gets the storage's error. They may have been stored all the same, if only the answer got lost: the state is read anew before anything else.</summary>
    Throw = 1,
}
