using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Persist.Memory;
using Orleans.Persist.Snapshots;

namespace Orleans.Persist.Core.Tests.Support;

/// <summary>Memory storage that outlives engines ("restarts") and lets a test interfere.</summary>
internal sealed class TestStorage : IStorage
{
    public TestStorage(TimeProvider? time = null, JournalLimits? limits = null)
    {
        Memory = new MemoryJournal(time, limits);
        Journal = new FaultyJournal(Memory);
        Snapshots = new FaultySnapshots(new JournalSnapshotStore(new MemoryJournal(time, limits)));
    }

    public MemoryJournal Memory { get; }

    public FaultyJournal Journal { get; }

    public FaultySnapshots Snapshots { get; }

    public bool Disposed { get; private set; }

    IJournal IStorage.Journal => Journal;

    ISnapshotStore IStorage.Snapshots => Snapshots;

    public ValueTask DisposeAsync()
    {
        Disposed = true;
        return default;
    }

    /// <summary>Waits until a source has noted something so many times.</summary>
    public async Task NotedAsync(string source, string type, int times)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await foreach (var _ in Memory.SubscribeAsync($"$source/{source}", 1, new EventFilter { Types = [type] }, timeout.Token))
        {
            if (--times == 0)
                return;
        }
    }
}
