using Orleans.Persist.Serialization;

namespace Orleans.Persist.Processes;

/// <summary>A kind of process whose commands persist events.</summary>
internal sealed class PersistentDefinition<TState, TEvent> : ProcessDefinition, IStatefulDefinition<TState>, IEventDefinition<TEvent>
    where TEvent : notnull
{
    private readonly Func<PersistentProcess<TState, TEvent>> _create;
    private readonly MessageCodec<object>? _messages;

    public PersistentDefinition(string type, Func<PersistentProcess<TState, TEvent>> create, ProcessOptions<TState, TEvent> options)
        : base(type)
    {
        options.Validate(type);
        _create = create;
        Options = options;
        _messages = options.Messages is null ? null : new MessageCodec<object>(options.Messages);
    }

    public ProcessOptions<TState, TEvent> Options { get; }

    EventTypes<TEvent> IEventDefinition<TEvent>.Events => Options.Kernel.Events;

    internal override int MailboxCapacity => Options.MailboxCapacity;

    internal override MailboxOverflow Overflow => Options.Overflow;

    internal override TimeSpan IdleAfter => Options.IdleAfter;

    internal override int MaxDeliveryAttempts => Options.MaxDeliveryAttempts;

    internal override ProcessCell CreateCell(ProcessHost host, ProcessId id) => new PersistentCell<TState, TEvent>(host, this, id, _create);

    object? IStatefulDefinition<TState>.Look(object kernel)
    {
        var known = (ProcessKernel<TState, TEvent>)kernel;
        return new PastState<TState>(known.State, known.Version, known.LastRecorded);
    }

    async ValueTask<PastState<TState>> IStatefulDefinition<TState>.GetStateAsync(ProcessHost host, ProcessId id, RecoveryOptions options, CancellationToken cancellationToken)
    {
        var kernel = await RecoverAsync(host, id, Options.Kernel, options, cancellationToken).ConfigureAwait(false);
        return new PastState<TState>(kernel.State, kernel.Version, kernel.LastRecorded);
    }

    internal override async ValueTask ReplayAsync(ProcessHost host, ProcessId id, CancellationToken cancellationToken) =>
        await RecoverAsync(host, id, Options.Kernel with { OnPoison = PoisonPolicy.Fail }, new RecoveryOptions { UseSnapshots = false }, cancellationToken).ConfigureAwait(false);

    internal override EncodedMessage Encode(object message) => Messages.Encode(message);

    internal override object Decode(string stream, in EncodedMessage message) => Messages.DecodeOne(stream, message);

    private MessageCodec<object> Messages => _messages
        ?? throw new ArgumentException($"Processes of type '{Type}' take no messages from other processes: register them in {nameof(ProcessOptions<,>)}.{nameof(ProcessOptions<,>.Messages)}.");

    private async ValueTask<ProcessKernel<TState, TEvent>> RecoverAsync(
        ProcessHost host, ProcessId id, KernelOptions<TState, TEvent> kept, RecoveryOptions options, CancellationToken cancellationToken)
    {
        var process = _create();
        var kernel = process.Kernel = new ProcessKernel<TState, TEvent>(id.Stream, process, kept, host.Services);
        process.Attach(new ReplayRuntime<TState, TEvent>(id, kernel));
        await host.RecoverAsync(token => kernel.RecoverAsync(options, token), cancellationToken).ConfigureAwait(false);
        return kernel;
    }
}
