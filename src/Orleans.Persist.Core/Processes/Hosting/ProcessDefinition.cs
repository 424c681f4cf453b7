namespace Orleans.Persist.Processes;

/// <summary>A kind of process as a host knows it: its name, how one is made, and how messages to it are encoded.</summary>
public abstract class ProcessDefinition
{
    private protected ProcessDefinition(string type)
    {
        ProcessId.ValidateType(type);
        Type = type;
    }

    /// <summary>The stable name of the kind.</summary>
    public string Type { get; }

    internal abstract int MailboxCapacity { get; }

    internal abstract MailboxOverflow Overflow { get; }

    internal abstract TimeSpan IdleAfter { get; }

    internal abstract int MaxDeliveryAttempts { get; }

    /// <summary>A kind of process whose commands persist events.</summary>
    /// <param name="type">The stable name of the kind.</param>
    /// <param name="create">Makes one; its state comes from the journal.</param>
    /// <param name="options">How it is run and kept.</param>
    /// <exception cref="ArgumentException">The name or an option breaks its rule; the message says which.</exception>
    public static ProcessDefinition Persistent<TProcess, TState, TEvent>(string type, Func<TProcess> create, ProcessOptions<TState, TEvent>? options = null)
        where TProcess : PersistentProcess<TState, TEvent>
        where TEvent : notnull =>
        new PersistentDefinition<TState, TEvent>(type, create, options ?? new ProcessOptions<TState, TEvent>());

    /// <summary>A kind of actor that is rebuilt from its messages.</summary>
    /// <inheritdoc cref="Persistent"/>
    public static ProcessDefinition Journaled<TProcess, TState, TMessage>(string type, Func<TProcess> create, ProcessOptions<TState, TMessage>? options = null)
        where TProcess : JournaledProcess<TState, TMessage>
        where TMessage : notnull =>
        new JournaledDefinition<TState, TMessage>(type, create, options ?? new ProcessOptions<TState, TMessage>());

    internal abstract ProcessCell CreateCell(ProcessHost host, ProcessId id);

    internal abstract EncodedMessage Encode(object message);

    /// <summary>Rebuilds a process from its first event, in a kernel of its own.</summary>
    internal abstract ValueTask ReplayAsync(ProcessHost host, ProcessId id, CancellationToken cancellationToken);

    internal abstract object Decode(string stream, in EncodedMessage message);
}
