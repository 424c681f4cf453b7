using Orleans.Persist.Journal;
using Orleans.Persist.Snapshots;

namespace Orleans.Persist.Hosting;

/// <summary>What a storage plug-in brings: a journal and a snapshot store, opened and closed together.</summary>
public interface IStorage : IAsyncDisposable
{
    /// <summary>The events.</summary>
    IJournal Journal { get; }

    /// <summary>The snapshots, apart from the events.</summary>
    ISnapshotStore Snapshots { get; }
}
