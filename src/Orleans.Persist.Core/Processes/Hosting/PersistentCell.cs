using Orleans.Persist.Diagnostics;

namespace Orleans.Persist.Processes;

/// <summary>The cell of a process whose commands persist events.</summary>
internal sealed class PersistentCell<TState, TEvent> : KernelCell<TState, TEvent>
    where TEvent : notnull
{
    private readonly Func<PersistentProcess<TState, TEvent>> _create;
    private readonly PersistentDefinition<TState, TEvent> _definition;
    private readonly SortedDictionary<string, ProcessTimer> _timers = new(StringComparer.Ordinal);
    private readonly Lock _begunLock = new();
    private PersistentProcess<TState, TEvent> _process = null!;
    private TaskCompletionSource? _begun;

    public PersistentCell(ProcessHost host, PersistentDefinition<TState, TEvent> definition, ProcessId id, Func<PersistentProcess<TState, TEvent>> create)
        : base(host, definition, id)
    {
        _create = create;
        _definition = definition;
        Renew();
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

    protected override void OnActivated() => _process.Recovered();

    protected override async ValueTask HandleMessageAsync(Envelope envelope)
    {
        Kernel.BeginCommand(envelope.Arrival, envelope.Origin);
        try
        {
            envelope.Reply(await RunAsync(_process.HandleCommandAsync(envelope.Message!)).ConfigureAwait(false));
        }
        catch (Exception e)
        {
            if (Kernel.IsRecovered)
            {
                Kernel.AbandonCommand(e);
                throw;
            }

            Host.Logger.ProcessStopped(e, Stream);
            Renew(); // what the handler left in its fields may not be what is stored
            throw;
        }
    }

    protected override async ValueTask FireTimersAsync(DateTimeOffset now)
    {
        foreach (var timer in _timers.Values.Where(t => t.Due <= now).OrderBy(t => t.Due).ToArray())
        {
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
    private async ValueTask<object?> RunAsync(ValueTask<object?> handler)
    {
        if (handler.IsCompleted)
        {
            var reply = await handler.ConfigureAwait(false);
            await Kernel.FlushAsync(Ended).ConfigureAwait(false);
            return reply;
        }

        var running = handler.AsTask();
        while (!running.IsCompleted)
        {
            var begun = Begun();
            if (Kernel.HasPersists)
            {
                await Kernel.FlushAsync(Ended).ConfigureAwait(false);
                continue;
            }

            await Task.WhenAny(running, begun).ConfigureAwait(false);
        }

        var result = await running.ConfigureAwait(false);
        await Kernel.FlushAsync(Ended).ConfigureAwait(false);
        return result;
    }

    private Task Begun()
    {
        lock (_begunLock)
        {
            if (_begun is null || _begun.Task.IsCompleted)
                _begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _begun.Task;
        }
    }

    private void SignalBegun()
    {
        lock (_begunLock)
            _begun?.TrySetResult();
    }

    private void Renew()
    {
        _timers.Clear();
        _process = _create();
        _process.Attach(this);
        Kernel = _process.Kernel = new ProcessKernel<TState, TEvent>(Stream, _process, _definition.Options.Kernel, Host.Services)
        {
            BeforeSends = StayAwakeAsync,
            PendingBegun = SignalBegun,
            Persisted = _process.Happened,
        };
    }
}
