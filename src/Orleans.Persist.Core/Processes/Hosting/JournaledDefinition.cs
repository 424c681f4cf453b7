using Orleans.Persist.Serialization;

namespace Orleans.Persist.Processes;

/// <summary>A kind of actor that is rebuilt from its messages.</summary>
internal sealed class JournaledDefinition<TState, TMessage> : ProcessDefinition, IStatefulDefinition<TState>, IEventDefinition<TMessage>
    where TMessage : notnull
{
    private readonly Func<JournaledProcess<TState, TMessage>> _create;
    private readonly MessageCodec<TMessage> _messages;

    public JournaledDefinition(string type, Func<JournaledProcess<TState, TMessage>> create, ProcessOptions<TState, TMessage> options)
        : base(type)
    {
        options.Validate(type);
        _create = create;
        Options = options;
        _messages = new MessageCodec<TMessage>(options.Kernel.Events);
    }

    public ProcessOptions<TState, TMessage> Options { get; }

    EventTypes<TMessage> IEventDefinition<TMessage>.Events => Options.Kernel.Events;

    internal override int MailboxCapacity => Options.MailboxCapacity;

    internal override MailboxOverflow Overflow => Options.Overflow;

    internal override TimeSpan IdleAfter => Options.IdleAfter;

    internal override int MaxDeliveryAttempts => Options.MaxDeliveryAttempts;

    internal override ProcessCell CreateCell(ProcessHost host, ProcessId id) => new JournaledCell<TState, TMessage>(host, this, id, _create);

    object? IStatefulDefinition<TState>.Look(object kernel)
    {
        var known = (ProcessKernel<TState, TMessage>)kernel;
        return new PastState<TState>(known.State, known.Version, known.LastRecorded);
    }

    async ValueTask<PastState<TState>> IStatefulDefinition<TState>.GetStateAsync(ProcessHost host, ProcessId id, RecoveryOptions options, CancellationToken cancellationToken)
    {
        var kernel = await RecoverAsync(host, id, Options.Kernel, options, cancellationToken).ConfigureAwait(false);
        return new PastState<TState>(kernel.State, kernel.Version, kernel.LastRecorded);
    }

    internal override async ValueTask ReplayAsync(ProcessHost host, ProcessId id, CancellationToken cancellationToken) =>
        await RecoverAsync(host, id, Options.Kernel with { OnPoison = PoisonPolicy.Fail }, new RecoveryOptions { UseSnapshots = false }, cancellationToken).ConfigureAwait(false);

    internal override EncodedMessage Encode(object message) =>
        message is TMessage known ? _messages.Encode(known) : throw new ArgumentException(Wrong(message));

    internal override object Decode(string stream, in EncodedMessage message) => _messages.DecodeOne(stream, message);

    internal string Wrong(object message) => $"Processes of type '{Type}' take messages of type {typeof(TMessage)}, not {message.GetType()}.";

    private async ValueTask<ProcessKernel<TState, TMessage>> RecoverAsync(
        ProcessHost host, ProcessId id, KernelOptions<TState, TMessage> kept, RecoveryOptions options, CancellationToken cancellationToken)
    {
        var process = _create();
        var kernel = process.Kernel = new ProcessKernel<TState, TMessage>(id.Stream, process, kept, host.Services, journaled: true);
        process.Attach(new ReplayRuntime<TState, TMessage>(id, kernel));
        await host.RecoverAsync(token => kernel.RecoverAsync(options, token), cancellationToken).ConfigureAwait(false);
        return kernel;
    }
}
