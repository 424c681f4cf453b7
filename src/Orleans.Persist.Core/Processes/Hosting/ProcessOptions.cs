using Orleans.Persist.Serialization;

namespace Orleans.Persist.Processes;

/// <summary>How a host runs a kind of process.</summary>
/// <typeparam name="TState">The state.</typeparam>
/// <typeparam name="TEvent">The common type of its events, or of its journaled messages.</typeparam>
public sealed record ProcessOptions<TState, TEvent>
{
    /// <summary>How its events and state are kept.</summary>
    public KernelOptions<TState, TEvent> Kernel { get; init; } = new();

    /// <summary>The commands that other processes may send to a persistent process: those have to be stored. Calls and casts need no registration; journaled messages are registered as events are.</summary>
    public EventTypes<object>? Messages { get; init; }

    /// <summary>How many messages may wait. Default 1,000, above 0.</summary>
    public int MailboxCapacity { get; init; } = 1_000;

    /// <summary>What becomes of a message for which there is no room.</summary>
    public MailboxOverflow Overflow { get; init; }

    /// <summary>After what time without a message the process leaves memory, with a last snapshot. Default 10 minutes, above 0. One with timers or unacknowledged sends stays.</summary>
    public TimeSpan IdleAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How often a message that a process sent is tried when the handler throws, until it is set aside in <c>$dead/…</c> and reported. Default 10, above 0. Trouble with the storage does not count.</summary>
    public int MaxDeliveryAttempts { get; init; } = 10;

    internal void Validate(string type)
    {
        Kernel.Validate();
        if (MailboxCapacity <= 0)
            throw new ArgumentException($"{nameof(MailboxCapacity)} of process type '{type}' must be above 0; it is {MailboxCapacity}.");
        if (IdleAfter <= TimeSpan.Zero)
            throw new ArgumentException($"{nameof(IdleAfter)} of process type '{type}' must be above 0; it is {IdleAfter}.");
        if (MaxDeliveryAttempts <= 0)
            throw new ArgumentException($"{nameof(MaxDeliveryAttempts)} of process type '{type}' must be above 0; it is {MaxDeliveryAttempts}.");
    }
}
