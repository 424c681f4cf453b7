using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Persist.Snapshots;

namespace Orleans.Persist.Bench.OrleansGrains;

/// <summary>A storage that several providers share: the container that holds them does not close it.</summary>
internal sealed class Unowned(IStorage storage) : IStorage
{
    public IJournal Journal => storage.Journal;

    public ISnapshotStore Snapshots => storage.Snapshots;

    public ValueTask DisposeAsync() => default;
}
