using Orleans.Persist.Journal;

namespace Orleans.Persist.Processes;

/// <summary>Rebuilds processes whose turns are claimed: from one pass over the log where that is possible, else stream by stream (requirement m.6).</summary>
internal sealed class Rebuilder(IJournal journal, ProcessHostOptions options)
{
    /// <summary>Rebuilds them; what is wrong with one of them is told by its cell.</summary>
    /// <returns>How many events were applied.</returns>
    public async Task<long> RunAsync(IReadOnlyList<(ProcessCell Cell, StreamHead Head)> claimed, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.RebuildWorkers, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(claimed, parallel, async (c, token) => await c.Cell.BeginRebuildAsync(c.Head, token).ConfigureAwait(false)).ConfigureAwait(false);
        var behind = claimed.Where(c => !c.Cell.HasFailed && c.Cell.Version < c.Head.Version).ToList();
        if (behind.Count == 0)
            return 0;
        if (journal is not IBlockJournal blocks)
            return await EachAsync(behind, cancellationToken).ConfigureAwait(false);
        var pass = new BlockRebuilder(blocks, options.RebuildWorkers);
        var alone = behind.Where(c => !pass.Add(c.Cell)).ToList();
        var applied = await pass.RunAsync(behind.Min(c => c.Cell.RebuiltTo) + 1, progress, cancellationToken).ConfigureAwait(false);
        return applied + await EachAsync(alone, cancellationToken).ConfigureAwait(false);
    }

    private async Task<long> EachAsync(List<(ProcessCell Cell, StreamHead Head)> claimed, CancellationToken cancellationToken)
    {
        long events = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.MaxConcurrentRecoveries, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(claimed, parallel, async (c, token) =>
        {
            var request = new ReadRequest { From = c.Cell.Version + 1, To = c.Head.Version, Incarnation = c.Head.Incarnation };
            long applied = 0;
            await foreach (var recorded in journal.ReadAsync(c.Head.Stream, request, token).ConfigureAwait(false))
                applied += c.Cell.Rebuild(recorded) ? 1 : 0;
            Interlocked.Add(ref events, applied);
        }).ConfigureAwait(false);
        return events;
    }
}
