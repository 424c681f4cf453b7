using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Persist.Memory;
using Orleans.Persist.Snapshots;

namespace Orleans.Persist.Tests.Sources;

/// <summary>One storage in memory for all silos of a cluster.</summary>
public sealed class SharedStorage : IStorage
{
    private readonly MemoryStorage _memory = new();

    public SharedStorage() => Held = new HeldSnapshots(_memory.Snapshots);

    public IJournal Journal => _memory.Journal;

    public ISnapshotStore Snapshots => Held;

    public HeldSnapshots Held { get; }

    public ValueTask DisposeAsync() => _memory.DisposeAsync();
}
