using System.Runtime.CompilerServices;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Persist.Snapshots;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>A storage whose newest snapshots, of every owner, cannot be read. What is saved from now on can.</summary>
/// <remarks>Which bytes to damage is known to the plug-in alone, and its own tests do so; this shows what is made of damage that was found.</remarks>
internal sealed class DamagedStorage : IStorage, ISnapshotStore
{
    private readonly IStorage _inner;
    private readonly HashSet<(string Owner, long Number)> _damaged;

    private DamagedStorage(IStorage inner, HashSet<(string Owner, long Number)> damaged) => (_inner, _damaged) = (inner, damaged);

    public IJournal Journal => _inner.Journal;

    public ISnapshotStore Snapshots => this;

    public int Keep => _inner.Snapshots.Keep;

    /// <summary>Damages the newest <paramref name="count"/> of every owner. <paramref name="inner"/> stays its owner's to dispose of.</summary>
    public static async ValueTask<IStorage> NewestAsync(IStorage inner, int count, CancellationToken cancellationToken)
    {
        var damaged = new HashSet<(string Owner, long Number)>();
        await foreach (var owner in inner.Snapshots.ListOwnersAsync("", cancellationToken))
        {
            var left = count;
            await foreach (var read in inner.Snapshots.ReadAsync(owner, cancellationToken))
            {
                if (left-- > 0)
                    damaged.Add((owner, read.Number));
            }
        }

        return new DamagedStorage(inner, damaged);
    }

    public ValueTask<long> SaveAsync(string owner, Snapshot snapshot, CancellationToken cancellationToken = default) =>
        _inner.Snapshots.SaveAsync(owner, snapshot, cancellationToken);

    public async IAsyncEnumerable<SnapshotRead> ReadAsync(string owner, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var read in _inner.Snapshots.ReadAsync(owner, cancellationToken))
        {
            yield return _damaged.Contains((owner, read.Number))
                ? new SnapshotRead(read.Number, null, new JournalDamagedException("The checksum does not match.", "the conformance suite", owner, read.Number))
                : read;
        }
    }

    public ValueTask DeleteAsync(string owner, CancellationToken cancellationToken = default) => _inner.Snapshots.DeleteAsync(owner, cancellationToken);

    public IAsyncEnumerable<string> ListOwnersAsync(string prefix = "", CancellationToken cancellationToken = default) =>
        _inner.Snapshots.ListOwnersAsync(prefix, cancellationToken);

    public ValueTask DisposeAsync() => default;
}
