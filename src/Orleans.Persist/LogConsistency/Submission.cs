using Orleans.Persist.Journal;

namespace Orleans.Persist.LogConsistency;

/// <summary>Events that were raised together: they are stored in one append or not at all.</summary>
/// <param name="Events">The events as a replay will give them back.</param>
/// <param name="Data">The same, encoded.</param>
/// <param name="First">The number of the first among all raised in this activation.</param>
/// <param name="Raised">The timestamp of the call.</param>
internal sealed record Submission<TEntry>(TEntry[] Events, EventData[] Data, long First, long Raised)
{
    /// <summary>The version at which a conditional one must be stored; -1 for any.</summary>
    public long Position { get; init; } = -1;

    /// <summary>Tells whether a conditional one was stored.</summary>
    public TaskCompletionSource<bool>? Promise { get; init; }

    /// <summary>At most so many bytes in the journal.</summary>
    public long Bytes { get; init; }
}
