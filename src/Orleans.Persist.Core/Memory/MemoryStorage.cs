using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Persist.Snapshots;

namespace Orleans.Persist.Memory;

/// <summary>Journal and snapshots in memory. Nothing outlives the process.</summary>
/// <param name="timeProvider">The clock for recorded times; the system's by default.</param>
public sealed class MemoryStorage(TimeProvider? timeProvider = null) : IStorage
{
    /// <inheritdoc/>
    public IJournal Journal { get; } = new MemoryJournal(timeProvider);

    /// <inheritdoc/>
    public ISnapshotStore Snapshots { get; } = new JournalSnapshotStore(new MemoryJournal(timeProvider));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => default;
}
