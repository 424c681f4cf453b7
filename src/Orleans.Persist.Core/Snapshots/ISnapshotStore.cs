namespace Orleans.Persist.Snapshots;

/// <summary>Keeps the last few snapshots of every owner, apart from the journal.</summary>
/// <remarks>All members are safe for concurrent use. Names follow <see cref="Journal.StreamName"/>.</remarks>
public interface ISnapshotStore : IAsyncDisposable
{
    /// <summary>How many snapshots of one owner are kept; older ones are removed after a save.</summary>
    int Keep { get; }

    /// <summary>Stores a snapshot and completes once it is durable. It replaces nothing until then.</summary>
    /// <returns>The number of the save, higher than any before it since the owner was last deleted.</returns>
    /// <exception cref="SnapshotOutdatedException">A snapshot of a later incarnation, or of a later version of the same one, is there. Nothing was stored.</exception>
    /// <exception cref="Journal.AppendTooLargeException">The state is larger than the store takes. Nothing was stored.</exception>
    ValueTask<long> SaveAsync(string owner, Snapshot snapshot, CancellationToken cancellationToken = default);

    /// <summary>The kept snapshots of an owner, newest first, each with its checksum verified. A damaged one is given as such, and the one before it follows.</summary>
    IAsyncEnumerable<SnapshotRead> ReadAsync(string owner, CancellationToken cancellationToken = default);

    /// <summary>Removes all snapshots of an owner.</summary>
    ValueTask DeleteAsync(string owner, CancellationToken cancellationToken = default);

    /// <summary>The names of the owners that have a snapshot and begin with <paramref name="prefix"/>.</summary>
    IAsyncEnumerable<string> ListOwnersAsync(string prefix = "", CancellationToken cancellationToken = default);
}
