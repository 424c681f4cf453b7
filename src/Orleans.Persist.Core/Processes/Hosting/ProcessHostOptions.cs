namespace Orleans.Persist.Processes;

/// <summary>How a host runs its processes.</summary>
public sealed record ProcessHostOptions
{
    /// <summary>How many processes recover at a time, so that a restart of thousands does not stampede. Default 64, above 0.</summary>
    public int MaxConcurrentRecoveries { get; init; } = 64;

    /// <summary>How long a caller waits for its reply, at least; looked at every second. Default 30 seconds, above 0. The message may be handled all the same.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest that stopping waits for last snapshots. Default 30 seconds, above 0.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many threads a rebuild of many processes uses. Default one for each processor.</summary>
    public int RebuildWorkers { get; init; } = Environment.ProcessorCount;

    /// <summary>For the TestKit: how sends are encoded that are stored and never delivered, since in a test of one process the others are not there.</summary>
    internal ISendCodec? HeldSends { get; init; }

    internal void Validate()
    {
        if (MaxConcurrentRecoveries <= 0)
            throw new ArgumentException($"{nameof(MaxConcurrentRecoveries)} must be above 0; it is {MaxConcurrentRecoveries}.");
        if (CallTimeout <= TimeSpan.Zero)
            throw new ArgumentException($"{nameof(CallTimeout)} must be above 0; it is {CallTimeout}.");
        if (StopTimeout <= TimeSpan.Zero)
            throw new ArgumentException($"{nameof(StopTimeout)} must be above 0; it is {StopTimeout}.");
        if (RebuildWorkers <= 0)
            throw new ArgumentException($"{nameof(RebuildWorkers)} must be above 0; it is {RebuildWorkers}.");
    }
}
