using Orleans.Persist.Diagnostics;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Processes;

/// <content>Rebuilding many processes at once.</content>
public sealed partial class ProcessHost
{
    /// <summary>Brings every process of a kind into memory, many in parallel (requirement m.6): from one pass over the log where the journal can be read in blocks, else one by one. Messages that arrive meanwhile wait. Those in memory already are left alone.</summary>
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
                    if (cell.IsActive)
                    {
                        cell.Release();
                        continue;
                    }

                    claimed.Add((cell, head));
                }
            }

            var events = await new Rebuilder(Storage.Journal, _options).RunAsync(claimed, progress, cancellationToken).ConfigureAwait(false);
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
}
