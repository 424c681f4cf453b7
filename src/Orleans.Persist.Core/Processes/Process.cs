namespace Orleans.Persist.Processes;

/// <summary>What persistent and message-journaled processes have in common: who they are, and the deterministic world their handlers see.</summary>
/// <remarks>One message is handled at a time. Members are for handlers, on their turn; elsewhere they may not be used.</remarks>
public abstract class Process
{
    private IProcessRuntime? _runtime;

    private protected Process()
    {
    }

    /// <summary>The persist id (requirement p.1).</summary>
    public ProcessId Id => Runtime.Id;

    /// <summary>The version of the newest event in the state; 0 before the first.</summary>
    protected long Version => Runtime.Version;

    /// <summary>Whether stored events or messages are being handled again.</summary>
    protected bool IsReplaying => Turn.IsReplaying;

    /// <summary>The arrival time of the message being handled, or the time of the event (requirement m.3). The same in a rebuild.</summary>
    protected DateTimeOffset Now => Turn.Now;

    /// <summary>Random numbers that are the same in a rebuild (requirement m.4): keyed by persist id, incarnation and version. What a command draws belongs into its events.</summary>
    protected Random Random => Turn.Random;

    /// <summary><see cref="Now"/> as a clock.</summary>
    protected TimeProvider TimeProvider => Turn.TimeProvider;

    private protected IProcessRuntime Runtime => _runtime ?? throw new InvalidOperationException("A process works only inside a host; see ProcessHost.");

    private TurnContext Turn => Runtime.Turn;

    /// <summary>A new GUID that is the same in a rebuild.</summary>
    protected Guid NewGuid() => Turn.NewGuid();

    /// <summary>Sends a message to another process: stored with this turn, delivered after it is durable, taking effect once (requirement m.5).</summary>
    /// <exception cref="ArgumentException">The receiver's kind does not take such a message.</exception>
    /// <exception cref="InvalidOperationException">A fold may not send; or too many sends wait for their acknowledgement.</exception>
    protected void Send(ProcessId to, object message) => Turn.Send(to, message);

    /// <summary>Has a message come to this process's mailbox when it is due, and every period after. A timer of the same name is replaced. A journaled process's timers outlive it; another's are gone when it stops.</summary>
    /// <param name="name">The timer's name within the process.</param>
    /// <param name="due">From now; not negative.</param>
    /// <param name="message">The message.</param>
    /// <param name="period">Zero for once.</param>
    protected void SetTimer(string name, TimeSpan due, object message, TimeSpan period = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(message);
        ArgumentOutOfRangeException.ThrowIfLessThan(due, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(period, TimeSpan.Zero);
        Runtime.SetTimer(name, new ProcessTimer(name, Now + due, period, message));
    }

    /// <summary>Cancels a timer; nothing happens if there is none of this name.</summary>
    protected void CancelTimer(string name) => Runtime.SetTimer(name, null);

    /// <summary>Stores the state as of now, and completes once that is durable (requirement p.9).</summary>
    protected Task SaveSnapshot() => Runtime.SaveSnapshotAsync();

    /// <summary>Called when the state is recovered and before the first message (requirement p.10). Not a turn: it may set timers of a persistent process, nothing else is kept.</summary>
    protected virtual void OnRecovered()
    {
    }

    internal void Attach(IProcessRuntime runtime) => _runtime = runtime;

    internal void Recovered() => OnRecovered();
}
