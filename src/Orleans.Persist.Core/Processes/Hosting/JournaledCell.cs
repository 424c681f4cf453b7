using Orleans.Persist.Diagnostics;

namespace Orleans.Persist.Processes;

/// <summary>The cell of an actor that is rebuilt from its messages.</summary>
internal sealed class JournaledCell<TState, TMessage> : KernelCell<TState, TMessage>
    where TMessage : notnull
{
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(1);
    private readonly JournaledDefinition<TState, TMessage> _definition;
    private readonly JournaledProcess<TState, TMessage> _process;
    private DateTimeOffset _notBefore;
    private TimeSpan _retry = TimeSpan.FromSeconds(1);

    public JournaledCell(ProcessHost host, JournaledDefinition<TState, TMessage> definition, ProcessId id, Func<JournaledProcess<TState, TMessage>> create)
        : base(host, definition, id)
    {
        _definition = definition;
        _process = create();
        _process.Attach(this);
        Kernel = _process.Kernel = new ProcessKernel<TState, TMessage>(Stream, _process, definition.Options.Kernel, host.Services, journaled: true) { BeforeSends = StayAwakeAsync };
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

    protected override void OnActivated() => _process.Recovered();

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
        Kernel.BeginMessage(arrival);
        object? reply;
        try
        {
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

    private DateTimeOffset Later(DateTimeOffset due) => due > _notBefore ? due : _notBefore;
}
