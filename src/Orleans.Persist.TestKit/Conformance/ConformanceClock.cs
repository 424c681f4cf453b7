namespace Orleans.Persist.TestKit.Conformance;

/// <summary>The clock of a conformance test: stands still until the test sets it, in either direction. Timers run on the system's time.</summary>
public sealed class ConformanceClock : TimeProvider
{
    private long _ticks = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    /// <summary>What the clock shows (UTC).</summary>
    public DateTimeOffset Now
    {
        get => new(Volatile.Read(ref _ticks), TimeSpan.Zero);
        set => Volatile.Write(ref _ticks, value.UtcTicks);
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => Now;
}
