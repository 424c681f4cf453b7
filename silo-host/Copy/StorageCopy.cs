using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;

namespace Orleans.Persist.SiloHost.Copy;

/// <summary>Copies a whole storage into another: streams with their versions and incarnations, snapshots, and with them object stores. Then compares both.</summary>
/// <remarks>Nobody else writes meanwhile. What an earlier run has copied is not copied again.</remarks>
internal sealed class StorageCopy(IStorage from, IStorage to)
{
    private const int AtOnce = 8;

    public CopyReport Report { get; } = new();

    /// <exception cref="CommandException">The destination holds something else, or the comparison found a difference.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var streams = await from.Journal.ListStreamsAsync("", cancellationToken).ToListAsync(cancellationToken);
        var owners = await from.Snapshots.ListOwnersAsync("", cancellationToken).ToListAsync(cancellationToken);
        var stream = new StreamCopy(from.Journal, to.Journal, Report);
        var snapshots = new SnapshotCopy(from.Snapshots, to.Snapshots, Report);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };

        // Snapshots last: none may be ahead of its events, should the copy end early and be used all the same.
        await Parallel.ForEachAsync(streams, parallel, async (head, token) => await stream.RunAsync(head, token));
        await Parallel.ForEachAsync(owners, parallel, async (owner, token) => await snapshots.RunAsync(owner, token));
        await Parallel.ForEachAsync(streams, parallel, async (head, token) => await stream.CompareAsync(head, token));
        await Parallel.ForEachAsync(owners, parallel, async (owner, token) => await snapshots.CompareAsync(owner, token));
        await NothingElseAsync([.. streams.Select(head => head.Stream)], [.. owners], cancellationToken);
    }

    private async Task NothingElseAsync(HashSet<string> streams, HashSet<string> owners, CancellationToken cancellationToken)
    {
        await foreach (StreamHead head in to.Journal.ListStreamsAsync("", cancellationToken))
        {
            if (!streams.Contains(head.Stream))
                throw new CommandException($"the destination has a stream '{head.Stream}', which the source has not.");
        }

        await foreach (var owner in to.Snapshots.ListOwnersAsync("", cancellationToken))
        {
            if (!owners.Contains(owner))
                throw new CommandException($"the destination has snapshots of '{owner}', which the source has not.");
        }
    }
}
