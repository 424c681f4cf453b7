using System.Runtime.CompilerServices;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Processes;

/// <content>Rebuilding it together with many others.</content>
internal abstract partial class KernelCell<TState, TEvent>
{
    public override long RebuiltTo => Kernel.Position;

    public override bool HasFailed => _failure is not null;

    public override bool IsActive => Kernel.IsRecovered;

    public override async ValueTask BeginRebuildAsync(StreamHead head, CancellationToken cancellationToken)
    {
        _failure = null;
        RenewIfUsed();
        try
        {
            await Kernel.BeginAsync(RecoveryOptions.Latest, head, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _failure = e;
        }
    }

    public override bool Rebuild(RecordedEvent recorded)
    {
        if (_failure is not null || recorded.Version <= Kernel.Version || recorded.Incarnation != Kernel.Incarnation)
            return false;
        try
        {
            Kernel.Replay(recorded);
            return true;
        }
        catch (Exception e)
        {
            _failure = e;
            return false;
        }
    }

    // A rebuild is over before tiered compilation has got round to its loops.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override bool Rebuild(EventBlock block, in BlockEvent next)
    {
        if (_failure is not null || next.Version <= Kernel.Version || next.Incarnation != Kernel.Incarnation)
            return false;
        try
        {
            Kernel.Replay(block, next);
            return true;
        }
        catch (Exception e)
        {
            _failure = e;
            return false;
        }
    }

    public override Exception? EndRebuild(StreamHead head)
    {
        if (_failure is null && Kernel.Version >= head.Version)
        {
            Kernel.EndReplay();
            try
            {
                Activated();
            }
            catch (Exception e)
            {
                Kernel.Invalidate();
                _failure = e;
            }
        }
        else
        {
            Kernel.Invalidate();
            _failure ??= new JournalException($"The pass over the log ended at version {Kernel.Version} of '{Stream}'; it is at {head.Version}.");
        }

        return _failure;
    }
}
