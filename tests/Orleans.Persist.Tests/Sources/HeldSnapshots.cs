using System.Collections.Concurrent;
using Orleans.Persist.Snapshots;

namespace Orleans.Persist.Tests.Sources;

/// <summary>A snapshot store whose saves a test can hold or have fail, by what the owner's name contains.</summary>
public sealed class HeldSnapshots(ISnapshotStore inner) : ISnapshotStore
{
    private readonly ConcurrentDictionary<string, (Func<Task> Before, TaskCompletionSource Reached)> _held = new();

    public int Keep => inner.Keep;

    /// <summary>Saves do this first, from now on; the task completes when one does.</summary>
    public Task Before(string owner, Func<Task> first)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _held[owner] = (first, reached);
        return reached.Task;
    }

    public void Release(string owner) => _held.TryRemove(owner, out _);

    public async ValueTask<long> SaveAsync(string owner, Snapshot snapshot, CancellationToken cancellationToken = default)
    {
        foreach (var (_, (first, reached)) in _held.Where(h => owner.Contains(h.Key, StringComparison.Ordinal)))
        {
            reached.TrySetResult();
            await first().WaitAsync(cancellationToken);
        }

        return await inner.SaveAsync(owner, snapshot, cancellationToken);
    }

    public IAsyncEnumerable<SnapshotRead> ReadAsync(string owner, CancellationToken cancellationToken = default) => inner.ReadAsync(owner, cancellationToken);

    public ValueTask DeleteAsync(string owner, CancellationToken cancellationToken = default) => inner.DeleteAsync(owner, cancellationToken);

    public IAsyncEnumerable<string> ListOwnersAsync(string prefix = "", CancellationToken cancellationToken = default) => inner.ListOwnersAsync(prefix, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
