using System.Threading.Channels;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Processes;

/// <summary>Rebuilds all processes of a kind in parallel, from one sequential pass over the log (requirement m.6).</summary>
internal sealed class Rebuilder(IPositionedJournal journal, int workers)
{
    private const int BatchSize = 512;
    private const int BatchesAhead = 8;
    private readonly Dictionary<string, ProcessCell> _cells = new(StringComparer.Ordinal);

    /// <summary>Rebuilds processes whose turns are claimed.</summary>
    /// <returns>How many events were applied.</returns>
    public async Task<long> RunAsync(IReadOnlyList<(ProcessCell Cell, StreamHead Head)> claimed, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(claimed, parallel, async (c, token) => await c.Cell.BeginRebuildAsync(c.Head, token).ConfigureAwait(false)).ConfigureAwait(false);
        var from = long.MaxValue;
        foreach (var (cell, head) in claimed)
        {
            if (cell.Version >= head.Version || cell.HasFailed)
                continue;
            _cells.Add(cell.Stream, cell);
            from = Math.Min(from, cell.RebuiltTo + 1);
        }

        if (_cells.Count == 0)
            return 0;
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var channels = Enumerable.Range(0, workers).Select(_ => Channel.CreateBounded<Batch>(
            new BoundedChannelOptions(BatchesAhead) { SingleReader = true, SingleWriter = true })).ToArray();
        var work = channels.Select(channel => Task.Run(() => ApplyAsync(channel.Reader, failed), CancellationToken.None)).ToArray();
        try
        {
            await ScanAsync(from, channels, progress, failed.Token).ConfigureAwait(false);
        }
        finally
        {
            foreach (var channel in channels)
                channel.Writer.TryComplete();
        }

        return (await Task.WhenAll(work).ConfigureAwait(false)).Sum();
    }

    private async Task ScanAsync(long from, Channel<Batch>[] channels, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var open = channels.Select(_ => new Batch()).ToArray();
        ProcessCell? last = null;
        await foreach (var recorded in journal.ReadAllAsync(from, null, cancellationToken).ConfigureAwait(false))
        {
            if (!ReferenceEquals(last?.Stream, recorded.Stream) && !_cells.TryGetValue(recorded.Stream, out last))
                continue;
            var lane = last!.Lane % channels.Length;
            var batch = open[lane];
            batch.Add(last, recorded);
            if (batch.Count < BatchSize)
                continue;
            await channels[lane].Writer.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
            open[lane] = new Batch();
            progress?.Report(recorded.Position);
        }

        for (var lane = 0; lane < channels.Length; lane++)
            await channels[lane].Writer.WriteAsync(open[lane], cancellationToken).ConfigureAwait(false);
    }

    private static async Task<long> ApplyAsync(ChannelReader<Batch> batches, CancellationTokenSource failed)
    {
        long applied = 0;
        try
        {
            await foreach (var batch in batches.ReadAllAsync(failed.Token).ConfigureAwait(false))
                applied += batch.Apply();
        }
        catch
        {
            await failed.CancelAsync().ConfigureAwait(false);
            throw;
        }

        return applied;
    }

    private sealed class Batch
    {
        private readonly (ProcessCell Cell, RecordedEvent Event)[] _events = new (ProcessCell, RecordedEvent)[BatchSize];

        public int Count { get; private set; }

        public void Add(ProcessCell cell, RecordedEvent @event) => _events[Count++] = (cell, @event);

        public int Apply()
        {
            var applied = 0;
            for (var i = 0; i < Count; i++)
            {
                if (_events[i].Cell.Rebuild(_events[i].Event))
                    applied++;
            }

            return applied;
        }
    }
}
