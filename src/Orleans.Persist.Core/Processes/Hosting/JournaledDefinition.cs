namespace Orleans.Persist.Processes;

/// <summary>A kind of actor that is rebuilt from its messages.</summary>
internal sealed class JournaledDefinition<TState, TMessage> : KernelDefinition<TState, TMessage>
    where TMessage : notnull
{
    private readonly Func<JournaledProcess<TState, TMessage>> _create;
    private readonly MessageCodec<TMessage> _messages;

    public JournaledDefinition(string type, Func<JournaledProcess<TState, TMessage>> create, ProcessOptions<TState, TMessage> options)
        : base(type, options)
    {
        _create = create;
        _messages = new MessageCodec<TMessage>(options.Kernel.Events);
    }

    internal override ProcessCell CreateCell(ProcessHost host, ProcessId id) => new JournaledCell<TState, TMessage>(host, this, id, _create);

    internal override EncodedMessage Encode(object message) =>
        message is TMessage known ? _messages.Encode(known) : throw new ArgumentException(Wrong(message));

    internal override object Decode(string stream, in EncodedMessage message) => _messages.DecodeOne(stream, message);

    internal string Wrong(object message) => $"Processes of type '{Type}' take messages of type {typeof(TMessage)}, not {message.GetType()}.";

    protected override (Process Process, ProcessKernel<TState, TMessage> Kernel) Make(ProcessHost host, ProcessId id, KernelOptions<TState, TMessage> kept)
    {
        var process = _create();
        return (process, process.Kernel = new ProcessKernel<TState, TMessage>(id.Stream, process, kept, host.Services, journaled: true));
    }
}
