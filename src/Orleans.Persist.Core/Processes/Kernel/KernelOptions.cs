using Orleans.Persist.Serialization;

namespace Orleans.Persist.Processes;

/// <summary>How the kernel keeps a kind of process.</summary>
/// <typeparam name="TState">The state.</typeparam>
/// <typeparam name="TEvent">The common type of its events, or of its journaled messages.</typeparam>
public sealed record KernelOptions<TState, TEvent>
{
    private readonly EventTypes<TEvent>? _events;

    /// <summary>The events' names, codecs and adapters. By default what their attributes and their types say.</summary>
    public EventTypes<TEvent> Events
    {
        get => _events ?? EventTypes<TEvent>.Default; // which may have none: only who needs it is told
        init => _events = value;
    }

    /// <summary>How the state is stored in snapshots. JSON by default.</summary>
    public IStateCodec<TState> State { get; init; } = new JsonStateCodec<TState>();

    /// <summary>When snapshots are taken. Only on passivation by default.</summary>
    public SnapshotPolicy Snapshots { get; init; } = new();

    /// <summary>Whether events that every kept snapshot covers are truncated after a snapshot, once there are as many as the store keeps. Default false: history is kept.</summary>
    public bool TruncateAfterSnapshot { get; init; }

    /// <summary>What becomes of an event that cannot be applied.</summary>
    public PoisonPolicy OnPoison { get; init; }

    /// <summary>Whether handlers never change a state object but make new ones. Then a handler that throws costs nothing; else it costs a recovery.</summary>
    public bool ImmutableState { get; init; }

    /// <summary>The longest a recovery waits for a sign from its storage. Default 30 seconds, above 0.</summary>
    public TimeSpan RecoveryTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest an append may take with its retries. Default 30 seconds, above 0.</summary>
    public TimeSpan AppendTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often an append is tried that gets no answer, within <see cref="AppendTimeout"/>. Default 4, above 0; 1 leaves trying again to the caller.</summary>
    public int AppendAttempts { get; init; } = 4;

    /// <summary>How many sends may wait for their acknowledgement. Default 10,000, above 0.</summary>
    public int MaxUnacknowledgedSends { get; init; } = 10_000;

    /// <summary>Throws where an option is out of bounds.</summary>
    /// <exception cref="ArgumentException">It is; the message names it.</exception>
    public void Validate()
    {
        Snapshots.Validate();
        if (RecoveryTimeout <= TimeSpan.Zero)
            throw new ArgumentException($"{nameof(RecoveryTimeout)} must be above 0; it is {RecoveryTimeout}.");
        if (AppendTimeout <= TimeSpan.Zero)
            throw new ArgumentException($"{nameof(AppendTimeout)} must be above 0; it is {AppendTimeout}.");
        if (AppendAttempts <= 0)
            throw new ArgumentException($"{nameof(AppendAttempts)} must be above 0; it is {AppendAttempts}.");
        if (MaxUnacknowledgedSends <= 0)
            throw new ArgumentException($"{nameof(MaxUnacknowledgedSends)} must be above 0; it is {MaxUnacknowledgedSends}.");
    }
}
