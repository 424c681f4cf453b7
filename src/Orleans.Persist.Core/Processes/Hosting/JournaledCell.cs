using System.Runtime.CompilerServices;
using Orleans.Persist.Diagnostics;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Processes;

/// <summary>The cell of an actor that is rebuilt from its messages.</summary>
internal sealed class JournaledCell<TState, TMessage> : KernelCell<TState, TMessage>
    where TMessage : notnull
{
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(1);
    private readonly JournaledDefinition<TState, TMessage> _definition;
    private readonly Func<JournaledProcess<TState, TMessage>> _create;
    private readonly Action _appended;
    private JournaledProcess<TState, TMessage> _process = null!;
    private Envelope? _storing;
    private ConfiguredValueTaskAwaitable<AppendResult>.ConfiguredValueTaskAwaiter _append;
    private DateTimeOffset _notBefore;
    private TimeSpan _retry = TimeSpan.FromSeconds(1);

    public JournaledCell(ProcessHost host, JournaledDefinition<TState, TMessage> definition, ProcessId id, Func<JournaledProcess<TState, TMessage>> create)
        : base(host, definition, id)
    {
        _definition = definition;
        _create = create;
        _appended = Appended;
        MakeProcess();
    }

    protected override int TimersSet => Kernel.Timers.Count;

    protected override DateTimeOffset? NextDue => Kernel.Timers.Count == 0 ? null : Later(Kernel.Timers.Min(t => t.Due));

    protected override bool MustWake => true;

    public override void SetTimer(string name, ProcessTimer? timer)
    {
        if (timer is { Message: not TMessage })
            throw new ArgumentException(_definition.Wrong(timer.Message));
        Turn.Set(name, timer);
    }

    protected override void OnActivated()
    {
        Kernel.BeginCommand(Host.Time.GetUtcNow());
        _process.Recovered();
        RejectTurn(Turn.Sends.Count > 0 || Turn.Timers.Count > 0);
    }

    protected override void Renew() => MakeProcess();

    /// <summary>The way of most messages: handled, appended, replied to; no asynchronous method, nothing allocated for waiting.</summary>
    protected override Begun TryBegin(Envelope envelope)
    {
        if (!Kernel.IsRecovered || envelope.Origin is not null || envelope.Message is not TMessage message)
            return Begun.No;
        Used();
        try
        {
            message = Kernel.BeginMessage(message, envelope.Arrival);
            envelope.Reply(_process.HandleMessage(message));
        }
        catch (Exception e)
        {
            Kernel.AbandonMessage();
            envelope.Fail(e);
            RetryIfStopped();
            return Begun.Done;
        }

        _storing = envelope;
        if (Kernel.HasEffects)
        {
            var storing = StoreAsync(message);
            if (storing.IsCompleted)
                return Begun.Done;
            _ = FinishAsync(storing);
            return Begun.Pending;
        }

        try
        {
#pragma warning disable CA2012 // its result is taken once, here or in the continuation
            _append = Kernel.BeginCommit(message, null, null, Ended).ConfigureAwait(false).GetAwaiter();
#pragma warning restore CA2012
            if (!_append.IsCompleted)
            {
                _append.UnsafeOnCompleted(_appended);
                return Begun.Pending;
            }
        }
        catch (JournalUnavailableException e)
        {
            _ = FindOutAsync(e);
            return Begun.Pending;
        }
        catch (Exception e)
        {
            Failed(e);
            return Begun.Done;
        }

        return End() ? Begun.Done : Begun.Pending;
    }

    protected override async ValueTask HandleMessageAsync(Envelope envelope)
    {
        if (envelope.Message is not TMessage message)
            throw new ArgumentException(_definition.Wrong(envelope.Message!));
        envelope.Reply(await HandleAsync(message, envelope.Arrival, envelope.Origin, null).ConfigureAwait(false));
    }

    protected override async ValueTask FireTimersAsync(DateTimeOffset now)
    {
        if (now < _notBefore)
            return;
        foreach (var timer in Kernel.Timers.Where(t => t.Due <= now).OrderBy(t => t.Due).ToArray())
        {
            if (!Kernel.Timers.Contains(timer))
                continue; // one before it has cancelled or replaced it
            try
            {
                await HandleAsync((TMessage)timer.Message, now, null, timer.Name).ConfigureAwait(false);
                _retry = TimeSpan.FromSeconds(1);
            }
            catch (Exception e)
            {
                Host.Logger.CastFailed(e, Stream);
                _notBefore = now + _retry; // it stays due: a handler that throws stores nothing
                _retry = _retry * 2 < LongestRetry ? _retry * 2 : LongestRetry;
                return;
            }
        }
    }

    protected override async ValueTask SetAsideAsync(Envelope envelope)
    {
        Kernel.BeginCommand(envelope.Arrival, envelope.Origin);
        await Kernel.FlushAsync(Ended).ConfigureAwait(false);
    }

    private async ValueTask<object?> HandleAsync(TMessage message, DateTimeOffset arrival, SendOrigin? origin, string? timer)
    {
        object? reply;
        try
        {
            message = Kernel.BeginMessage(message, arrival);
            reply = _process.HandleMessage(message);
        }
        catch
        {
            Kernel.AbandonMessage();
            throw;
        }

        try
        {
            await Kernel.CommitMessageAsync(message, origin, timer, Ended).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Host.Logger.ProcessStopped(e, Stream);
            throw;
        }

        return reply;
    }

    private void Appended()
    {
        if (End())
            Finish(_storing!);
    }

    /// <summary>Ends the handling of a message whose append has ended. False where its answer got lost: that takes longer.</summary>
    private bool End()
    {
        try
        {
            Kernel.EndCommit(_append.GetResult(), null, null);
            if (Kernel.UnacknowledgedSends > 0 || TimersSet > 0)
                Settle();
        }
        catch (JournalUnavailableException e)
        {
            _ = FindOutAsync(e);
            return false;
        }
        catch (Exception e)
        {
            Failed(e);
        }

        return true;
    }

    private async Task FindOutAsync(JournalUnavailableException first)
    {
        try
        {
            Kernel.EndCommit(await Kernel.SettleCommitAsync(first, Ended).ConfigureAwait(false), null, null);
            Settle();
        }
        catch (Exception e)
        {
            Failed(e);
        }

        Finish(_storing!);
    }

    private async Task StoreAsync(TMessage message)
    {
        try
        {
            await Kernel.CommitMessageAsync(message, cancellationToken: Ended).ConfigureAwait(false);
            Settle();
        }
        catch (Exception e)
        {
            Failed(e);
        }
    }

    private async Task FinishAsync(Task storing)
    {
        await storing.ConfigureAwait(false);
        Finish(_storing!);
    }

    private void Failed(Exception error)
    {
        error = Kernel.Told(error);
        Kernel.FailCommit();
        _storing!.Fail(error);
        Host.Logger.ProcessStopped(error, Stream);
        RetryIfStopped();
    }

    private void MakeProcess()
    {
        _process = _create();
        _process.Attach(this);
        Kernel = _process.Kernel = new ProcessKernel<TState, TMessage>(Stream, _process, _definition.Options.Kernel, Host.Services, journaled: true) { BeforeSends = StayAwakeAsync };
    }

    private DateTimeOffset Later(DateTimeOffset due) => due > _notBefore ? due : _notBefore;
}
