using Orleans.Persist.Diagnostics;
using Orleans.Persist.Grains;
using Orleans.Persist.Processes;

namespace Orleans.Persist.JournaledGrains;

/// <content>Timers are messages: what is due is handled and stored as any other (requirement m.1).</content>
public abstract partial class MessageJournaledGrain<TState> : IMessageGrain
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(40);
    private static readonly TimeSpan Spare = TimeSpan.FromMinutes(1);
    private ITimer? _timer;

    /// <inheritdoc/>
    async Task IMessageGrain.Wake()
    {
        try
        {
            await FireAsync(Kernels.Services.Time.GetUtcNow()).ConfigureAwait(true);
        }
        finally
        {
            if (_failure is null)
                Arm();
        }
    }

    private async Task FireAsync(DateTimeOffset now)
    {
        if (now < _services!.Timers.NotBefore(Stream))
            return;
        foreach (var timer in Kernel.Timers.Where(timer => timer.Due <= now).OrderBy(timer => timer.Due).ToArray())
        {
            if (!Kernel.Timers.Contains(timer))
                continue; // one before it has cancelled or replaced it
            try
            {
                await HandleMessageAsync(((JournaledMessage)timer.Message).Content, null, timer.Name).ConfigureAwait(true);
                _services.Timers.Succeeded(Stream);
            }
            catch (Exception e)
            {
                // It stays due: a handler that throws stores nothing.
                Kernels.Services.Logger.TimerFailed(e, GrainContext.GrainId, timer.Name, _services.Timers.Failed(Stream, now));
                return;
            }
        }
    }

    /// <summary>Has the grain called when its next timer is due, and keeps it active until then.</summary>
    private void Arm()
    {
        if (Kernel.Timers.Count == 0)
        {
            if (_timer is not null)
                _services!.Timers.Succeeded(Stream);
            Disarm();
            return;
        }

        var time = Kernels.Services.Time;
        var due = Kernel.Timers.Min(timer => timer.Due);
        var notBefore = _services!.Timers.NotBefore(Stream);
        var wait = (due > notBefore ? due : notBefore) - time.GetUtcNow();
        wait = wait < TimeSpan.Zero ? TimeSpan.Zero : wait < LongestWait ? wait : LongestWait;
        DelayDeactivation(wait + Spare);
        if (_timer is not null)
        {
            _timer.Change(wait, Timeout.InfiniteTimeSpan);
            return;
        }

        using (ExecutionContext.SuppressFlow()) // it outlives the call that set it
            _timer = time.CreateTimer(static self => ((IMessageGrain)self!).Wake().Ignore(), this.AsReference<IMessageGrain>(), wait, Timeout.InfiniteTimeSpan);
    }

    private void Disarm()
    {
        _timer?.Dispose();
        _timer = null;
    }
}
