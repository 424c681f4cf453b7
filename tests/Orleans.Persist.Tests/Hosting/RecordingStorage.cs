using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Persist.Memory;
using Orleans.Persist.Snapshots;

namespace Orleans.Persist.Tests.Hosting;

/// <summary>A memory storage that says what was in the journal's streams when it was closed, and how often that was.</summary>
internal sealed class RecordingStorage : IStorage
{
    private readonly MemoryStorage _inner = new();

    public IJournal Journal => _inner.Journal;

    public ISnapshotStore Snapshots => _inner.Snapshots;

    public int Closed { get; private set; }

    public Dictionary<string, long> VersionsWhenClosed { get; } = [];

    public async ValueTask DisposeAsync()
    {
        Closed++;
        await foreach (var head in Journal.ListStreamsAsync())
            VersionsWhenClosed[head.Stream] = head.Version;
        await _inner.DisposeAsync();
    }
}
