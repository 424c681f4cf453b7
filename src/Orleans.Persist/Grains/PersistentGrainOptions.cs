using Orleans.Persist.Processes;

namespace Orleans.Persist.Grains;

/// <summary>How persistent grains are kept where their class does not say otherwise. Bound from <c>Orleans:Persist:Grains</c>.</summary>
public sealed class PersistentGrainOptions
{
    /// <summary>When snapshots are taken. By default every 1,000 events.</summary>
    public SnapshotPolicy Snapshots { get; set; } = new() { EveryEvents = 1_000, OnPassivation = false };

    /// <summary>Whether events that every kept snapshot covers are truncated after a snapshot. Default false: history is kept.</summary>
    public bool TruncateAfterSnapshot { get; set; }

    /// <summary>What becomes of an event that cannot be applied. By default the activation fails.</summary>
    public PoisonPolicy OnPoison { get; set; }

    /// <summary>The longest silence of the storage that an activation bears. Default 20 seconds, above 0.</summary>
    public TimeSpan RecoveryTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>The longest that storing takes with its retries; then the caller gets the error. Default 20 seconds, above 0.</summary>
    public TimeSpan AppendTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>The longest that a deactivation waits for its last events and snapshot. Default 10 seconds, above 0.</summary>
    public TimeSpan DeactivationTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a message is refused by its receiver's handler before it is set aside in the stream <c>$dead/</c> of the receiver. Default 10, above 0.</summary>
    public int MaxDeliveryAttempts { get; set; } = 10;

    /// <summary>How many sends of a grain may wait for their acknowledgement. Default 10,000, above 0.</summary>
    public int MaxUnacknowledgedSends { get; set; } = 10_000;
}
