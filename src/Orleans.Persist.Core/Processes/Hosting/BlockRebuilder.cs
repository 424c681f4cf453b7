using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Channels;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Processes;

/// <summary>Rebuilds processes from one pass over blocks of the log: a thread reads and checks, workers decode and apply, each its share of the streams (requirement m.6).</summary>
internal sealed class BlockRebuilder(IBlockJournal journal, int workers)
{
    private const int BlocksAhead = 4;
    private readonly Dictionary<ulong, Target> _targets = [];

    /// <summary>Adds a process that has begun its rebuild. False where another stream's name has the same hash: then it must be recovered by itself.</summary>
    public bool Add(ProcessCell cell)
    {
        var name = Encoding.UTF8.GetBytes(cell.Stream);
        return _targets.TryAdd(StableHash.Of(name), new Target(cell, name));
    }

    /// <summary>Applies everything from a position on.</summary>
    /// <returns>How many events were applied.</returns>
    public async Task<long> RunAsync(long from, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var lanes = Enumerable.Range(0, workers)
            .Select(_ => Channel.CreateBounded<EventBlock>(new BoundedChannelOptions(BlocksAhead) { SingleReader = true, SingleWriter = true })).ToArray();
        var work = lanes.Select((lane, number) => Task.Run(() => ApplyAsync(lane.Reader, (uint)number, failed), CancellationToken.None)).ToArray();
        ExceptionDispatchInfo? ended = null;
        try
        {
            await foreach (var block in journal.ReadBlocksAsync(from, failed.Token).ConfigureAwait(false))
            {
                block.Hold(workers - 1);
                if (block.Count > 0)
                    progress?.Report(block.Events[^1].Position);
                foreach (var lane in lanes)
                    await lane.Writer.WriteAsync(block, failed.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            ended = ExceptionDispatchInfo.Capture(e);
            await failed.CancelAsync().ConfigureAwait(false);
        }

        foreach (var lane in lanes)
            lane.Writer.TryComplete();
        var all = Task.WhenAll(work);
        await ((Task)all).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // whatever has happened: while a worker is at a process, that must not go on by itself
        if (all.IsFaulted || ended is null)
            return (await all.ConfigureAwait(false)).Sum();
        ended.Throw();
        return 0;
    }

    private async Task<long> ApplyAsync(ChannelReader<EventBlock> blocks, uint lane, CancellationTokenSource failed)
    {
        long applied = 0;
        try
        {
            await foreach (var block in blocks.ReadAllAsync(failed.Token).ConfigureAwait(false))
            {
                applied += Apply(block, lane);
                block.Release();
            }
        }
        catch
        {
            await failed.CancelAsync().ConfigureAwait(false);
            throw;
        }

        return applied;
    }

    // A rebuild is over before tiered compilation has got round to its loops.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Apply(EventBlock block, uint lane)
    {
        var applied = 0;
        foreach (ref readonly var next in block.Events)
        {
            if ((uint)(next.StreamKey >> 32) % (uint)workers != lane)
                continue;
            ref var target = ref CollectionsMarshal.GetValueRefOrNullRef(_targets, next.StreamKey);
            if (!System.Runtime.CompilerServices.Unsafe.IsNullRef(ref target) && block.Stream(next).SequenceEqual(target.Name) && target.Cell.Rebuild(block, next))
                applied++;
        }

        return applied;
    }

    private readonly record struct Target(ProcessCell Cell, byte[] Name);
}
