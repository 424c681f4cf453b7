namespace Orleans.Persist.Snapshots;

/// <summary>One kept snapshot: itself, or why it cannot be read.</summary>
/// <param name="Number">The number of the save, higher for later ones.</param>
/// <param name="Snapshot">The snapshot, or null where it is damaged.</param>
/// <param name="Damage">What is wrong with it, else null.</param>
public sealed record SnapshotRead(long Number, Snapshot? Snapshot, Exception? Damage);
