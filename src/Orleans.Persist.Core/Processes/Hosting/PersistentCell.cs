using Orleans.Persist.Diagnostics;

namespace Orleans.Persist.Processes;

/// <summary>The cell of a process whose commands persist events.</summary>
internal sealed class PersistentCell<TState, TEvent> : KernelCell<TState, TEvent>
    where TEvent : notnull
{
    private readonly Func<PersistentProcess<TState, TEvent>> _create;
    private readonly PersistentDefinition<TState, TEvent> _definition;
    private readonly SortedDictionary<string, ProcessTimer> _timers = new(StringComparer.Ordinal);
    private readonly TurnQueue _turns = new();
    private PersistentProcess<TState, TEvent> _process = null!;

    public PersistentCell(ProcessHost host, PersistentDefinition<TState, TEvent> definition, ProcessId id, Func<PersistentProcess<TState, TEvent>> create)
        : base(host, definition, id)
    {
        _create = create;
        _definition = definition;
        MakeProcess();
    }

    protected override int TimersSet => _timers.Count;

    protected override DateTimeOffset? NextDue => _timers.Count == 0 ? null : _timers.Values.Min(t => t.Due);

    protected override bool MustWake => false;

    public override void SetTimer(string name, ProcessTimer? timer)
    {
        if (timer is null)
            _timers.Remove(name);
        else
            _timers[name] = timer;
    }

    protected override void OnActivated()
    {
        Kernel.BeginCommand(Host.Time.GetUtcNow());
        _process.Recovered();
        RejectTurn(Kernel.HasPending);
    }

    protected override async ValueTask HandleMessageAsync(Envelope envelope)
    {
        Kernel.BeginCommand(envelope.Arrival, envelope.Origin);
        try
        {
            envelope.Reply(await RunAsync(envelope.Message!).ConfigureAwait(false));
        }
        catch (Exception e)
        {
            if (Kernel.IsRecovered)
            {
                Kernel.AbandonCommand(e);
                throw;
            }

            Host.Logger.ProcessStopped(e, Stream);
            throw;
        }
    }

    protected override async ValueTask FireTimersAsync(DateTimeOffset now)
    {
        foreach (var timer in _timers.Values.Where(t => t.Due <= now).OrderBy(t => t.Due).ToArray())
        {
            if (!_timers.TryGetValue(timer.Name, out var current) || !ReferenceEquals(current, timer))
                continue; // one before it has cancelled or replaced it
            if (timer.Period > TimeSpan.Zero)
                _timers[timer.Name] = timer with { Due = timer.Due + timer.Period > now ? timer.Due + timer.Period : now + timer.Period };
            else
                _timers.Remove(timer.Name);
            try
            {
                await HandleMessageAsync(new Envelope(EnvelopeKind.Message, timer.Message, now)).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                Host.Logger.CastFailed(e, Stream);
            }

            if (!Kernel.IsRecovered)
                return;
        }
    }

    protected override async ValueTask SetAsideAsync(Envelope envelope)
    {
        Kernel.BeginCommand(envelope.Arrival, envelope.Origin);
        await Kernel.FlushAsync(Ended).ConfigureAwait(false);
    }

    /// <summary>Lets the handler run, and stores what it persists whenever it returns or awaits.</summary>
    private async ValueTask<object?> RunAsync(object command)
    {
        var handler = _turns.Start(_process, command, static (process, message) => process.HandleCommandAsync(message));
        if (handler.IsCompleted)
        {
            var reply = await handler.ConfigureAwait(false);
            await Kernel.FlushAsync(Ended).ConfigureAwait(false);
            return reply;
        }

        var running = handler.AsTask();
        try
        {
            while (!running.IsCompleted)
            {
                _turns.Run();
                if (running.IsCompleted)
                    break; // it may have thrown: what it has not awaited is dropped then
                if (Kernel.HasPersists)
                    await Kernel.FlushAsync(Ended).ConfigureAwait(false);
                else
                    await Task.WhenAny(running, _turns.WaitAsync()).WaitAsync(Ended).ConfigureAwait(false);
            }
        }
        catch
        {
            await EndAsync(running).ConfigureAwait(false);
            throw;
        }

        var result = await running.ConfigureAwait(false);
        await Kernel.FlushAsync(Ended).ConfigureAwait(false);
        return result;
    }

    /// <summary>Lets a handler come to its end whose events could not be stored: what it awaits has failed. Until then no other may run.</summary>
    private async Task EndAsync(Task<object?> running)
    {
        while (!running.IsCompleted && !Ended.IsCancellationRequested)
        {
            _turns.Run();
            if (!running.IsCompleted)
                await ((Task)Task.WhenAny(running, _turns.WaitAsync()).WaitAsync(Ended)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _ = running.Exception; // observed: what is told is why it could not be stored
    }

    protected override void Renew()
    {
        _timers.Clear();
        MakeProcess();
    }

    private void MakeProcess()
    {
        _process = _create();
        _process.Attach(this);
        Kernel = _process.Kernel = new ProcessKernel<TState, TEvent>(Stream, _process, _definition.Options.Kernel, Host.Services)
        {
            BeforeSends = StayAwakeAsync,
            PendingBegun = _turns.Signal,
            Persisted = _process.Happened,
        };
    }
}
