using System.Runtime.CompilerServices;
using Orleans.Persist.Snapshots;

namespace Orleans.Persist.SiloHost.Demo;

/// <summary>The snapshot store of a demo's child: tells of every export and import, and can hold an export open.</summary>
/// <remarks>An export is held after the source has noted durably that it began, and before its bytes are written.</remarks>
internal sealed class WatchedSnapshots(ISnapshotStore inner, Action<ChildMessage> tell) : ISnapshotStore
{
    private volatile bool _hold;

    /// <inheritdoc/>
    public int Keep => inner.Keep;

    /// <summary>From now on exports do not end.</summary>
    public void Hold() => _hold = true;

    /// <inheritdoc/>
    public async ValueTask<long> SaveAsync(string owner, Snapshot snapshot, CancellationToken cancellationToken = default)
    {
        var sink = SinkOf(owner);
        if (_hold)
        {
            tell(new ChildMessage { Kind = ChildMessageKind.ExportHeld, Sink = sink, Version = snapshot.Version });
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        var number = await inner.SaveAsync(owner, snapshot, cancellationToken);
        tell(new ChildMessage { Kind = ChildMessageKind.Exported, Sink = sink, Version = snapshot.Version });
        return number;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<SnapshotRead> ReadAsync(string owner, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var read in inner.ReadAsync(owner, cancellationToken))
        {
            if (read.Snapshot is { } snapshot)
                tell(new ChildMessage { Kind = ChildMessageKind.Imported, Sink = SinkOf(owner), Version = snapshot.Version });
            yield return read;
        }
    }

    /// <inheritdoc/>
    public ValueTask DeleteAsync(string owner, CancellationToken cancellationToken = default) => inner.DeleteAsync(owner, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<string> ListOwnersAsync(string prefix = "", CancellationToken cancellationToken = default) => inner.ListOwnersAsync(prefix, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private static string SinkOf(string owner) => owner[(owner.LastIndexOf('/') + 1)..];
}
