using Microsoft.Extensions.DependencyInjection;
using Orleans.Persist.Diagnostics;
using Orleans.Persist.Processes;
using Orleans.Runtime;

namespace Orleans.Persist.Grains;

/// <content>A call is a turn: it begins with the arrival time, and ends when what it persisted and sent is durable.</content>
public abstract partial class PersistentGrain<TState, TEvent> : IIncomingGrainCallFilter, ILifecycleParticipant<IGrainLifecycle>
{
    private readonly CancellationTokenSource _ended = new();
    private ProcessKernel<TState, TEvent>? _kernel;
    private GrainKernels? _kernels;
    private SenderEntry? _sender;
    private TurnContext? _applying; // while an event is applied: its turn, which may be that of a state of the past
    private Task _flush = Task.CompletedTask;
    private Exception? _failure;
    private bool _flushing;
    private bool _storing;
    private int _calls;

    private ProcessKernel<TState, TEvent> Kernel => _kernel ?? throw new InvalidOperationException($"{GetType().Name} is not activated yet: its state is there from OnActivateAsync on.");

    private GrainKernels Kernels => _kernels!;

    private TurnContext Turn => _applying ?? Kernel.Turn;

    /// <summary>Orleans calls this for every call to the grain.</summary>
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        ThrowIfFailed();
        if (_calls++ == 0)
            BeginTurn();
        try
        {
            await context.Invoke().ConfigureAwait(true);
            if (_kernel is { HasPending: true })
                await CompleteAsync().ConfigureAwait(true);
        }
        catch (Exception e)
        {
            if (_calls == 1 && !_storing && Kernel.IsRecovered)
                Kernel.AbandonCommand(e); // what it persisted and did not wait for
            if (_calls == 1)
                await _flush.ConfigureAwait(true);
            throw;
        }
        finally
        {
            _calls--;
        }
    }

    /// <summary>Orleans calls this once, before the grain activates.</summary>
    public virtual void Participate(IGrainLifecycle lifecycle)
    {
        ArgumentNullException.ThrowIfNull(lifecycle);
        lifecycle.Subscribe(nameof(PersistentGrain<,>), GrainLifecycleStage.SetupState, RecoverAsync, EndAsync);
        lifecycle.Subscribe(nameof(PersistentGrain<,>), GrainLifecycleStage.Activate + 1, _ => CompleteActivationAsync());
    }

    private async Task RecoverAsync(CancellationToken cancellationToken)
    {
        await ActivationStart.LeaveLock();
        _kernels = ServiceProvider.GetService<GrainKernels>()
            ?? throw new InvalidOperationException($"{GetType().Name} is a persistent grain, and the silo has no storage for it: call AddPersist on the silo builder.");
        var sender = new SenderEntry(ServiceProvider.GetRequiredService<SenderKeeper>(), GrainContext.GrainId.ToString(), Kernels.Options.AppendTimeout);
        var kernel = NewKernel();
        kernel.PendingBegun = BeginFlush;
        kernel.Persisted = OnEvent;
        kernel.BeforeSends = sender.StayAwakeAsync;
        await kernel.RecoverAsync(null, cancellationToken).ConfigureAwait(true);
        if (kernel.UnacknowledgedSends > 0)
            await sender.StayAwakeAsync().ConfigureAwait(true);
        _sender = sender;
        _kernel = kernel;
        _sends = new GrainSends<TState, TEvent>(kernel, Kernels, GrainFactory, DelayDeactivation, () => _failure is null, _ended.Token);
        BeginTurn();
    }

    private async Task CompleteActivationAsync()
    {
        await CompleteAsync().ConfigureAwait(true);
        _sends!.Deliver();
    }

    private ProcessKernel<TState, TEvent> NewKernel() => new(
        GrainContext.GrainId.ToString(), this, Kernels.OptionsOf<TState, TEvent>(GetType(), ConfigureEvents, Configure), Kernels.Services);

    private void BeginTurn() => Kernel.BeginCommand(Kernels.Services.Time.GetUtcNow());

    /// <summary>Stores soon, not within the caller: what it persists before it awaits goes into one append.</summary>
    private void BeginFlush()
    {
        if (_flushing)
            return;
        _flushing = true;
        _flush = FlushSoonAsync();
    }

    private async Task FlushSoonAsync()
    {
        await Task.Yield();
        _storing = true;
        try
        {
            await Kernel.FlushAsync(_ended.Token).ConfigureAwait(true);
        }
        catch (Exception e)
        {
            Stop(e);
        }

        _flushing = _storing = false;
        if (_failure is null && Kernel.HasPersists)
            BeginFlush();
        else
            _sends!.Deliver();
    }

    /// <summary>Waits until everything that was persisted and sent so far is durable.</summary>
    private async Task CompleteAsync()
    {
        while (_failure is null && (_flushing || Kernel.HasPending))
        {
            BeginFlush();
            await _flush.ConfigureAwait(true);
        }

        ThrowIfFailed();
    }

    private void Stop(Exception error)
    {
        if (_failure is not null)
            return;
        _failure = error;
        Kernels.Services.Logger.GrainStopped(error, GrainContext.GrainId);

        // Without an exception as its reason Orleans has the calls that wait already made by the next activation; with one they would all fail with it.
        GrainContext.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationError, $"The events of '{GrainContext.GrainId}' could not be stored or applied: {error.Message}"));
    }

    private void ThrowIfFailed()
    {
        if (_failure is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_failure);
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        if (_kernel is not { } kernel)
            return;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Kernels.Options.DeactivationTimeout);
        try
        {
            if (_failure is null)
                await CompleteAsync().WaitAsync(limit.Token).ConfigureAwait(true);
            await kernel.EndAsync(limit.Token).ConfigureAwait(true);
        }
        catch (Exception e)
        {
            Kernels.Services.Logger.GrainNotEnded(e, GrainContext.GrainId);
        }

        await _ended.CancelAsync().ConfigureAwait(true);
        await EndSendingAsync(settled: _failure is null && !kernel.HasPending && kernel.UnacknowledgedSends == 0, limit.Token).ConfigureAwait(true);
    }

    private async Task EndSendingAsync(bool settled, CancellationToken cancellationToken)
    {
        try
        {
            await _sender!.EndAsync(settled, cancellationToken).ConfigureAwait(true);
        }
        catch (Exception e)
        {
            Kernels.Services.Logger.SenderNotUnlisted(e, GrainContext.GrainId);
        }
    }
}
