using Orleans.Persist.Journal;

namespace Orleans.Persist.Snapshots;

/// <summary>A late, older snapshot was refused because a newer one is there. Nothing was stored.</summary>
public sealed class SnapshotOutdatedException(string owner, int incarnation, long version, int newestIncarnation, long newestVersion)
    : JournalException(
        $"The snapshot of '{owner}' at version {version} of incarnation {incarnation} is older than the one stored, at version {newestVersion} of incarnation {newestIncarnation}.");
