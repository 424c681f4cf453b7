using Orleans.Persist.Diagnostics;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Processes;

/// <content>Rebuilding many processes at once.</content>
public sealed partial class ProcessHost
{
    /// <summary>Brings every process of a kind into memory, many in parallel (requirement m.6): from one pass over the log where the journal has positions, else one by one. Messages that arrive meanwhile wait. Those in memory already are left alone.</summary>
    /// <param name="type">The kind.</param>
    /// <param name="progress">Told the position in the log now and then.</param>
    /// <param name="cancellationToken">Ends it; what is not rebuilt is recovered by its next message.</param>
    public async Task<RebuildReport> RebuildAsync(string type, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        Definition(type);
        using var activity = ProcessInstruments.Start("rebuild", type + "/");
        var claimed = new List<(ProcessCell Cell, StreamHead Head)>();
        try
        {
            await foreach (var head in Storage.Journal.ListStreamsAsync(type + "/", cancellationToken).ConfigureAwait(false))
            {
                var cell = Cell(ProcessId.OfStream(head.Stream));
                if (cell.TryClaim())
                {
                    cell.Lane = claimed.Count;
                    claimed.Add((cell, head));
                }
            }

            var events = Storage.Journal is IPositionedJournal journal
                ? await new Rebuilder(journal, _options.RebuildWorkers).RunAsync(claimed, progress, cancellationToken).ConfigureAwait(false)
                : await RebuildEachAsync(claimed, cancellationToken).ConfigureAwait(false);
            var failed = new Dictionary<ProcessId, Exception>();
            foreach (var (cell, head) in claimed)
            {
                if (cell.EndRebuild(head) is { } error)
                    failed[cell.Id] = error;
            }

            Logger.Rebuilt(claimed.Count - failed.Count, type, events);
            return new RebuildReport(claimed.Count - failed.Count, events, failed);
        }
        finally
        {
            foreach (var (cell, _) in claimed)
                cell.Release();
        }
    }

    private async Task<long> RebuildEachAsync(List<(ProcessCell Cell, StreamHead Head)> claimed, CancellationToken cancellationToken)
    {
        long events = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _options.MaxConcurrentRecoveries, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(claimed, parallel, async (c, token) =>
        {
            await c.Cell.BeginRebuildAsync(c.Head, token).ConfigureAwait(false);
            if (c.Cell.HasFailed)
                return;
            var request = new ReadRequest { From = c.Cell.Version + 1, To = c.Head.Version, Incarnation = c.Head.Incarnation };
            long applied = 0;
            await foreach (var recorded in Storage.Journal.ReadAsync(c.Head.Stream, request, token).ConfigureAwait(false))
                applied += c.Cell.Rebuild(recorded) ? 1 : 0;
            Interlocked.Add(ref events, applied);
        }).ConfigureAwait(false);
        return events;
    }
}
