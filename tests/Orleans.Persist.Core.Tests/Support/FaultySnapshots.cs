using System.Collections.Concurrent;
using Orleans.Persist.Journal;
using Orleans.Persist.Snapshots;

namespace Orleans.Persist.Core.Tests.Support;

/// <summary>A snapshot store before which a test can stand: to fail or hold a save, or to damage what is read.</summary>
internal sealed class FaultySnapshots(ISnapshotStore inner) : ISnapshotStore
{
    /// <summary>Runs before each save.</summary>
    public Func<string, Snapshot, Task>? BeforeSave { get; set; }

    /// <summary>The (owner, number) pairs that cannot be read.</summary>
    public ConcurrentDictionary<(string Owner, long Number), bool> Damaged { get; } = new();

    /// <summary>The saves that have begun.</summary>
    public ConcurrentQueue<(string Owner, long Version)> Begun { get; } = new();

    public int Keep => inner.Keep;

    public async ValueTask<long> SaveAsync(string owner, Snapshot snapshot, CancellationToken cancellationToken = default)
    {
        Begun.Enqueue((owner, snapshot.Version));
        if (BeforeSave is { } before)
            await before(owner, snapshot);
        return await inner.SaveAsync(owner, snapshot, CancellationToken.None);
    }

    public async IAsyncEnumerable<SnapshotRead> ReadAsync(
        string owner, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var read in inner.ReadAsync(owner, cancellationToken))
        {
            yield return Damaged.ContainsKey((owner, read.Number))
                ? new SnapshotRead(read.Number, null, new JournalDamagedException("The checksum does not match.", "a test", owner, read.Number))
                : read;
        }
    }

    public ValueTask DeleteAsync(string owner, CancellationToken cancellationToken = default) => inner.DeleteAsync(owner, cancellationToken);

    public IAsyncEnumerable<string> ListOwnersAsync(string prefix = "", CancellationToken cancellationToken = default) =>
        inner.ListOwnersAsync(prefix, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    /// <summary>Damages the newest snapshots of an owner.</summary>
    public async Task DamageNewestAsync(string owner, int count = 1)
    {
        await foreach (var read in inner.ReadAsync(owner))
        {
            if (count-- > 0)
                Damaged[(owner, read.Number)] = true;
        }
    }
}
