namespace Orleans.Persist.Processes;

/// <summary>When snapshots are taken without being asked for. Conditions that are set each suffice.</summary>
public sealed record SnapshotPolicy
{
    /// <summary>Never, but by <c>SaveSnapshot</c>.</summary>
    public static SnapshotPolicy Never { get; } = new() { OnPassivation = false };

    /// <summary>After this many events; 0 for no such condition.</summary>
    public long EveryEvents { get; init; }

    /// <summary>After events of this many bytes; 0 for no such condition.</summary>
    public long EveryBytes { get; init; }

    /// <summary>After this time, once there are new events; zero for no such condition.</summary>
    public TimeSpan Every { get; init; }

    /// <summary>Whether one is taken when the process is passivated and has events since the last. Default true.</summary>
    public bool OnPassivation { get; init; } = true;

    internal bool IsDue(long events, long bytes, TimeSpan since) =>
        events > 0 && ((EveryEvents > 0 && events >= EveryEvents) || (EveryBytes > 0 && bytes >= EveryBytes) || (Every > TimeSpan.Zero && since >= Every));

    internal void Validate()
    {
        if (EveryEvents < 0 || EveryBytes < 0 || Every < TimeSpan.Zero)
            throw new ArgumentException($"A {nameof(SnapshotPolicy)} must not be negative: {this}.");
    }
}
