using Orleans.Persist.Diagnostics;

namespace Orleans.Persist.Processes;

/// <summary>A cell with a kernel: activation, timers, and the delivery of what the process sent.</summary>
internal abstract partial class KernelCell<TState, TEvent> : ProcessCell, IDisposable
    where TEvent : notnull
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(1);
    private readonly HashSet<string> _delivering = new(StringComparer.Ordinal);
    private ITimer? _timer;
    private bool _awake;
    private bool _armed;
    private bool _announced;
    private bool _used;
    private TimeSpan _retry = FirstRetry;
    private Exception? _failure;

    protected KernelCell(ProcessHost host, ProcessDefinition definition, ProcessId id)
        : base(host, definition, id)
    {
    }

    /// <summary>The kernel; made anew with the process at every activation after a failure.</summary>
    public ProcessKernel<TState, TEvent> Kernel { get; protected set; } = null!;

    public override long Version => Kernel.Version;

    public override TurnContext Turn => Kernel.Turn;

    protected override bool MayLeave => Kernel.IsRecovered ? Kernel.UnacknowledgedSends == 0 && TimersSet == 0 && _delivering.Count == 0 : !HasDuties;

    /// <summary>Whether it has something to do by itself, as far as is known.</summary>
    private bool HasDuties => _awake || _armed || _delivering.Count > 0;

    /// <summary>How many timers keep it in memory.</summary>
    protected abstract int TimersSet { get; }

    /// <summary>When the next timer is due.</summary>
    protected abstract DateTimeOffset? NextDue { get; }

    /// <summary>Whether what it has to do by itself outlives the process, so that a restart must wake it.</summary>
    protected abstract bool MustWake { get; }

    public override Task SaveSnapshotAsync() => Kernel.SaveSnapshotAsync(Ended);

    public void Dispose()
    {
        _timer?.Dispose();
        GC.SuppressFinalize(this);
    }

    internal override void Activated()
    {
        if (!_announced)
            ProcessInstruments.OnActive(Stream, 1);
        _announced = true;
        OnActivated();
        _retry = FirstRetry;
        Settle();
    }

    protected abstract void OnActivated();

    /// <summary>Makes process and kernel anew: what a handler or a recovery that failed has left in the process's fields may not be what is stored.</summary>
    protected abstract void Renew();

    protected abstract ValueTask HandleMessageAsync(Envelope envelope);

    protected abstract ValueTask FireTimersAsync(DateTimeOffset now);

    /// <summary>Stores that a message was handled although its handler refuses it.</summary>
    protected abstract ValueTask SetAsideAsync(Envelope envelope);

    protected override async ValueTask HandleAsync(Envelope envelope)
    {
        if (envelope.Kind == EnvelopeKind.Acknowledged)
            _delivering.Remove(((PendingSend)envelope.Message!).To);
        _awake |= envelope.Kind == EnvelopeKind.Wake; // it stands in the list
        if (!Kernel.IsRecovered && !await TryActivateAsync(envelope).ConfigureAwait(false))
            return;
        try
        {
            await DoAsync(envelope).ConfigureAwait(false);
        }
        catch
        {
            RetryIfStopped();
            throw;
        }

        RetryIfStopped();
        if (Kernel.IsRecovered)
            Settle();
    }

    /// <summary>After something was stored: what was sent goes out, timers are set.</summary>
    protected void Settle()
    {
        Deliver();
        Arm();
    }

    private async ValueTask DoAsync(Envelope envelope)
    {
        switch (envelope.Kind)
        {
            case EnvelopeKind.Message:
                Used();
                if (envelope.Origin is { } origin && Kernel.IsDuplicate(origin))
                    return; // it took effect before; only the acknowledgement was lost
                await HandleMessageAsync(envelope).ConfigureAwait(false);
                break;
            case EnvelopeKind.Timers:
                await FireTimersAsync(Host.Time.GetUtcNow()).ConfigureAwait(false);
                break;
            case EnvelopeKind.Acknowledged:
                var sent = (PendingSend)envelope.Message!;
                Kernel.Acknowledge(sent.To, sent.Number);
                break;
            case EnvelopeKind.SetAside:
                if (!Kernel.IsDuplicate(envelope.Origin!.Value))
                    await SetAsideAsync(envelope).ConfigureAwait(false);
                break;
            case EnvelopeKind.Look:
                envelope.Reply(((Func<object, object?>)envelope.Message!)(Kernel));
                break;
        }
    }

    protected override async ValueTask LeaveAsync()
    {
        try
        {
            await Kernel.EndAsync(Ended).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Host.Logger.SnapshotFailed(e, Stream); // events are durable: the next activation reads some more of them
        }

        if (!_awake || !Kernel.IsRecovered || !MayLeave)
            return;
        _awake = false; // also where it fails: it may have been removed all the same
        await Host.Wakes.TryRemoveAsync(Stream, Ended).ConfigureAwait(false);
    }

    protected override void Left()
    {
        if (_announced)
            ProcessInstruments.OnActive(Stream, -1);
        _announced = false;
        _timer?.Dispose();
        _timer = null;
    }

    /// <summary>Puts the process among those that a restart wakes.</summary>
    protected ValueTask StayAwakeAsync() => _awake ? default : AddToWakesAsync();

    private async ValueTask AddToWakesAsync()
    {
        await Host.Wakes.AddAsync(Stream, Ended).ConfigureAwait(false);
        _awake = true;
    }

    /// <summary>After <see cref="Process.OnRecovered"/>, which is no turn.</summary>
    protected void RejectTurn(bool hasEffects)
    {
        if (!hasEffects)
            return;
        var error = new InvalidOperationException($"'{Stream}' has persisted or sent in {nameof(Process)}.OnRecovered, or set a journaled timer: that is no turn, nothing of it would be stored.");
        Kernel.AbandonCommand(error);
        throw error;
    }

    private async ValueTask<bool> TryActivateAsync(Envelope envelope)
    {
        RenewIfUsed();
        try
        {
            await Host.RecoverAsync(token => Kernel.RecoverAsync(null, token), Ended).ConfigureAwait(false);
            Activated();
            return true;
        }
        catch (Exception e)
        {
            Kernel.Invalidate();
            RetryIfStopped();
            if (e is not OperationCanceledException)
                Host.Logger.ActivationFailed(e, Stream);
            envelope.Fail(e);
            FailWaiting(e);
            return false;
        }
    }

    private void Deliver()
    {
        if (Kernel.UnacknowledgedSends == 0)
            return;
        _awake = true;
        foreach (var receiver in Kernel.Receivers)
        {
            if (!_delivering.Contains(receiver) && Kernel.NextSend(receiver) is { } send)
            {
                _delivering.Add(receiver);
                _ = Host.DeliverAsync(this, send);
            }
        }
    }

    private void RenewIfUsed()
    {
        if (_used)
            Renew();
        _used = true;
    }

    /// <summary>A process that has stopped with something left to do by itself tries to recover, less and less often: no message may come that has it do so.</summary>
    protected void RetryIfStopped()
    {
        if (Kernel.IsRecovered || !HasDuties || Ended.IsCancellationRequested)
            return;
        Arm(_retry);
        _retry = _retry * 2 < LongestRetry ? _retry * 2 : LongestRetry;
    }

    private void Arm()
    {
        _armed = NextDue is not null;
        if (NextDue is not { } due)
            return;
        _awake |= MustWake;
        Arm(due - Host.Time.GetUtcNow());
    }

    private void Arm(TimeSpan wait)
    {
        wait = wait < TimeSpan.Zero ? TimeSpan.Zero : wait > TimeSpan.FromDays(40) ? TimeSpan.FromDays(40) : wait;
        if (_timer is null)
            _timer = Host.Time.CreateTimer(static cell => ((ProcessCell)cell!).PostTimers(), this, wait, Timeout.InfiniteTimeSpan);
        else
            _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }
}
