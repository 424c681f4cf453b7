using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Persist.Snapshots;

namespace Orleans.Persist.SiloHost.Demo;

/// <summary>A storage whose exports are watched.</summary>
internal sealed class WatchedStorage(IStorage inner, WatchedSnapshots snapshots) : IStorage
{
    /// <inheritdoc/>
    public IJournal Journal => inner.Journal;

    /// <inheritdoc/>
    public ISnapshotStore Snapshots => snapshots;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
