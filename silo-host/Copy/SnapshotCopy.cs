using Orleans.Persist.Snapshots;

namespace Orleans.Persist.SiloHost.Copy;

/// <summary>Copies the snapshots of one owner, oldest first, as far as they are not there.</summary>
internal sealed class SnapshotCopy(ISnapshotStore from, ISnapshotStore to, CopyReport report)
{
    /// <exception cref="CommandException">The destination has later ones.</exception>
    public async Task RunAsync(string owner, CancellationToken cancellationToken)
    {
        var originals = await ListAsync(from, owner, cancellationToken);
        var copies = await ListAsync(to, owner, cancellationToken);
        if (originals.SequenceEqual(copies, SnapshotContent.Comparer))
            return;

        // A run that was cut short has copied the first few; a snapshot is no larger than what one save takes, so all of them are made anew.
        await to.DeleteAsync(owner, cancellationToken);
        foreach (var snapshot in originals)
        {
            await to.SaveAsync(owner, snapshot, cancellationToken);
            report.Snapshot();
        }
    }

    /// <exception cref="CommandException">They differ.</exception>
    public async Task CompareAsync(string owner, CancellationToken cancellationToken)
    {
        var originals = await ListAsync(from, owner, cancellationToken);
        var copies = await ListAsync(to, owner, cancellationToken);
        if (!originals.TakeLast(to.Keep).SequenceEqual(copies.TakeLast(from.Keep), SnapshotContent.Comparer))
            throw new CommandException($"the snapshots of '{owner}' differ.");
        foreach (var _ in copies)
            report.Same();
    }

    /// <summary>Oldest first. Damaged ones cannot be copied and are left out; those before them count.</summary>
    private static async Task<List<Snapshot>> ListAsync(ISnapshotStore store, string owner, CancellationToken cancellationToken)
    {
        var snapshots = new List<Snapshot>();
        await foreach (var read in store.ReadAsync(owner, cancellationToken))
        {
            if (read.Snapshot is { } snapshot)
                snapshots.Insert(0, snapshot);
        }

        return snapshots;
    }
}
