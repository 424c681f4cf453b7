using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Persist.Memory;
using Orleans.Persist.Snapshots;

namespace Orleans.Persist.Core.Tests.Support;

/// <summary>Memory whose journal can do what the contract says, and nothing more.</summary>
internal sealed class PlainStorage(TimeProvider time) : IStorage
{
    public IJournal Journal { get; } = new FaultyJournal(new MemoryJournal(time));

    public ISnapshotStore Snapshots { get; } = new JournalSnapshotStore(new MemoryJournal(time));

    public ValueTask DisposeAsync() => default;
}
