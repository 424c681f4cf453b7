using System.Buffers;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.DependencyInjection;
using Orleans.CodeGeneration;
using Orleans.Persist.Diagnostics;
using Orleans.Persist.Grains;
using Orleans.Persist.Processes;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace Orleans.Persist.JournaledGrains;

/// <content>Each message is a turn: encoded, handled, stored; then answered.</content>
public abstract partial class MessageJournaledGrain<TState> : IIncomingGrainCallFilter, ILifecycleParticipant<IGrainLifecycle>
{
    private readonly CancellationTokenSource _ended = new();
    private JournaledGrainServices? _services;
    private KernelOptions<TState, JournaledMessage>? _options;
    private ProcessKernel<TState, JournaledMessage>? _kernel;
    private GrainSends<TState, JournaledMessage>? _sends;
    private SenderEntry? _sender;
    private readonly ArrayBufferWriter<byte> _encoded = new();
    private JournaledTurn? _turn;
    private Exception? _failure;
    private int _queries;

    private ProcessKernel<TState, JournaledMessage> Kernel => _kernel ?? throw new InvalidOperationException($"{GetType().Name} is not activated yet: its state is there from OnActivateAsync on.");

    private GrainKernels Kernels => _services!.Kernels;

    /// <summary>Whether nothing is left for a later activation to do. What could not be stored is not known to be nothing.</summary>
    private bool IsSettled => Kernel is { IsRecovered: true, UnacknowledgedSends: 0, Timers.Count: 0 };

    /// <summary>Orleans calls this for every call to the grain.</summary>
    public Task Invoke(IIncomingGrainCallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (_failure is not null)
            ExceptionDispatchInfo.Throw(_failure);
        var call = context.Request;
        if (!ReferenceEquals(call.GetTarget(), this))
            return InvokeOther(context);
        if (call.GetInterfaceType() == typeof(IMessageGrain))
            return context.Invoke(); // which begins a turn of its own, where there is something new
        return call is IRequest { Options: var options } && options.HasFlag(InvokeMethodOptions.ReadOnly)
            ? QueryAsync(context)
            : HandleAsync(_services!.Messages.Of(call), context.Invoke, null, null);
    }

    /// <summary>Orleans calls this once, before the grain activates.</summary>
    public virtual void Participate(IGrainLifecycle lifecycle)
    {
        ArgumentNullException.ThrowIfNull(lifecycle);
        lifecycle.Subscribe(nameof(MessageJournaledGrain<>), GrainLifecycleStage.SetupState, RecoverAsync, EndAsync);
        lifecycle.Subscribe(nameof(MessageJournaledGrain<>), GrainLifecycleStage.Activate + 1, _ =>
        {
            Settle();
            return Task.CompletedTask;
        });
    }

    /// <inheritdoc/>
    Task IMessageGrain.Receive(GrainMessage message) => Kernel.IsDuplicate(message.Origin)
        ? Task.CompletedTask // it took effect before; only the acknowledgement was lost
        : HandleMessageAsync(Kernels.Sends.Decode(message), message.Origin, null);

    TState IProcessBehavior<TState, JournaledMessage>.Apply(TState state, JournaledMessage message, TurnContext turn)
    {
        _turn = new JournaledTurn(turn, _services!.Messages, message.Replies);
        try
        {
            _turn.Replay(() => message.Content is IInvokable call ? CallAsync(call) : OnMessage(message.Content), _services.Messages.NameOf(message));
            return Kernel.State;
        }
        catch (ReplayDivergedException)
        {
            ProcessInstruments.OnDiverged(Stream);
            throw;
        }
        finally
        {
            _turn = null;
        }
    }

    private static Task InvokeOther(IIncomingGrainCallContext context) => context.InterfaceName switch
    {
        // Both run code of the grain that could not be repeated: a delegate, or an observer that a stream keeps.
        "IGrainTimerInvoker" => throw new NotSupportedException($"A timer of '{context.TargetId}' that {nameof(GrainBaseExtensions.RegisterGrainTimer)} made does not run: its callback cannot be stored. Use {nameof(SetTimer)}."),
        _ when context.Request.GetInterfaceType().FullName == "Orleans.Streams.IStreamConsumerExtension" =>
            throw new NotSupportedException($"'{context.TargetId}' takes nothing from streams: that could not be stored. Have it called with what the stream brings."),
        _ => context.Invoke(),
    };

    private async Task CallAsync(IInvokable call)
    {
        call.SetTarget(new ReplayTarget(this));
        if ((await call.Invoke().ConfigureAwait(true)).Exception is { } error)
            ExceptionDispatchInfo.Throw(error);
    }

    private async Task QueryAsync(IIncomingGrainCallContext context)
    {
        ThrowIfHandling();
        if (_queries++ == 0)
            Kernel.BeginCommand(Kernels.Services.Time.GetUtcNow());
        try
        {
            await context.Invoke().ConfigureAwait(true);
        }
        finally
        {
            _queries--;
        }
    }

    private Task HandleMessageAsync(object content, SendOrigin? origin, string? timer) => HandleAsync(_services!.Messages.Of(content), () => OnMessage(content), origin, timer);

    private async Task HandleAsync(JournaledMessage message, Func<Task> handler, SendOrigin? origin, string? timer)
    {
        ThrowIfHandling();
        message.Encoded = Encode(message);
        var turn = _turn = new JournaledTurn(Kernel.Turn, _services!.Messages);
        try
        {
            await RunAsync(turn, message, handler).ConfigureAwait(true);
            message.Replies = turn.Replies;
            try
            {
                await Kernel.CommitMessageAsync(message, origin, timer, _ended.Token).ConfigureAwait(true);
            }
            catch (Exception e)
            {
                Stop(e);
                throw;
            }
        }
        finally
        {
            _turn = null;
        }

        turn.Complete();
        Settle();
    }

    private async Task RunAsync(JournaledTurn turn, JournaledMessage message, Func<Task> handler)
    {
        try
        {
            if (!ReferenceEquals(Kernel.BeginMessage(message, Kernels.Services.Time.GetUtcNow()), message))
                throw new NotSupportedException($"A call of '{Stream}' is transformed before it is stored; it can be adapted when it is read only.");
            await turn.RunAsync(handler).ConfigureAwait(true);
        }
        catch (Exception e)
        {
            Kernel.AbandonMessage();
            if (!Kernel.IsRecovered)
                GiveUp(e);
            throw;
        }
    }

    /// <summary>The message as it came in: its handler may change what it is given.</summary>
    private ReadOnlyMemory<byte> Encode(JournaledMessage message)
    {
        _encoded.ResetWrittenCount();
        message.Write(_services!.Messages.Serializer, _encoded);
        return _encoded.WrittenMemory;
    }

    private async Task RecoverAsync(CancellationToken cancellationToken)
    {
        await ActivationStart.LeaveLock();
        Attach();
        var sender = new SenderEntry(ServiceProvider.GetRequiredService<SenderKeeper>(), GrainContext.GrainId.ToString(), Kernels.Options.AppendTimeout);
        Kernel.BeforeSends = sender.StayAwakeAsync;
        await Kernel.RecoverAsync(null, cancellationToken).ConfigureAwait(true);
        if (!IsSettled)
            await sender.StayAwakeAsync().ConfigureAwait(true);
        _sender = sender;
        _sends = new GrainSends<TState, JournaledMessage>(Kernel, Kernels, GrainFactory, DelayDeactivation, () => _failure is null, _ended.Token);
        Kernel.BeginCommand(Kernels.Services.Time.GetUtcNow());
    }

    private void Attach()
    {
        _services = ServiceProvider.GetService<JournaledGrainServices>()
            ?? throw new InvalidOperationException($"{GetType().Name} is a journaled grain, and the silo has no storage for it: call AddPersist on the silo builder.");
        _options = Kernels.OptionsOf<TState, JournaledMessage>(
            GetType(),
            messages =>
            {
                messages.UseCodecs(_services.Messages).Learn(_services.Messages);
                ConfigureMessages(messages);
            },
            Configure);
        _kernel = new ProcessKernel<TState, JournaledMessage>(GrainContext.GrainId.ToString(), this, _options, Kernels.Services, journaled: true);
    }

    /// <summary>What was stored: sends go out, timers are set.</summary>
    private void Settle()
    {
        _sends!.Deliver();
        Arm();
    }

    /// <summary>Call-chain reentrancy lets a call in that is caused by the one being handled.</summary>
    private void ThrowIfHandling()
    {
        if (_turn is not null)
            throw new InvalidOperationException($"'{GrainContext.GrainId}' is handling a call and is called again by what that calls. It is journaled: one call ends before the next begins.");
    }

    private void RequireTurn()
    {
        if (_turn is null || JournaledTurn.Current != _turn)
            throw new InvalidOperationException($"'{Stream}' is not handling anything that is stored: what a query or an activation changes or sends would be lost.");
    }

    private void Stop(Exception error)
    {
        Kernels.Services.Logger.GrainStopped(error, GrainContext.GrainId);
        Deactivate($"A call of '{GrainContext.GrainId}' could not be stored: {error.Message}", error);
    }

    /// <summary>The handler threw, and may have changed the state before: the next activation has it as it was (requirement m.9).</summary>
    private void GiveUp(Exception error)
    {
        Kernels.Services.Logger.HandlerThrew(error, GrainContext.GrainId);
        var text = $"'{GrainContext.GrainId}' is being deactivated, since the handler of a call threw; try again.";
        Deactivate(text, new InvalidOperationException(text));
    }

    /// <summary>Without an exception as its reason Orleans has the calls that wait already made by the next activation; with one they would all fail with it.</summary>
    private void Deactivate(string reason, Exception toOthers)
    {
        _failure ??= toOthers;
        GrainContext.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, reason));
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        Disarm();
        if (_sends is null)
            return;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Kernels.Options.DeactivationTimeout);
        try
        {
            await Kernel.EndAsync(limit.Token).ConfigureAwait(true);
        }
        catch (Exception e)
        {
            Kernels.Services.Logger.GrainNotEnded(e, GrainContext.GrainId);
        }

        await _ended.CancelAsync().ConfigureAwait(true);
        try
        {
            await _sender!.EndAsync(IsSettled, limit.Token).ConfigureAwait(true);
        }
        catch (Exception e)
        {
            Kernels.Services.Logger.SenderNotUnlisted(e, GrainContext.GrainId);
        }
    }
}
