namespace Orleans.Persist.Processes;

/// <summary>A kind of process whose commands persist events.</summary>
internal sealed class PersistentDefinition<TState, TEvent> : KernelDefinition<TState, TEvent>
    where TEvent : notnull
{
    private readonly Func<PersistentProcess<TState, TEvent>> _create;
    private readonly MessageCodec<object>? _messages;

    public PersistentDefinition(string type, Func<PersistentProcess<TState, TEvent>> create, ProcessOptions<TState, TEvent> options)
        : base(type, options)
    {
        _create = create;
        _messages = options.Messages is null ? null : new MessageCodec<object>(options.Messages);
    }

    internal override ProcessCell CreateCell(ProcessHost host, ProcessId id) => new PersistentCell<TState, TEvent>(host, this, id, _create);

    internal override EncodedMessage Encode(object message) => Messages.Encode(message);

    internal override object Decode(string stream, in EncodedMessage message) => Messages.DecodeOne(stream, message);

    private MessageCodec<object> Messages => _messages
        ?? throw new ArgumentException($"Processes of type '{Type}' take no messages from other processes: register them in {nameof(ProcessOptions<,>)}.{nameof(ProcessOptions<,>.Messages)}.");

    protected override (Process Process, ProcessKernel<TState, TEvent> Kernel) Make(ProcessHost host, ProcessId id, KernelOptions<TState, TEvent> kept)
    {
        var process = _create();
        return (process, process.Kernel = new ProcessKernel<TState, TEvent>(id.Stream, process, kept, host.Services));
    }
}
