namespace Orleans.Persist.Scopes;

/// <summary>The time in milliseconds since 1970, never earlier than what the journal has recorded before: a clock that was set back does not bring back what had expired.</summary>
internal sealed class ScopeClock(TimeProvider time)
{
    private long _floor;

    public TimeProvider Time => time;

    public long Now => Math.Max(time.GetUtcNow().ToUnixTimeMilliseconds(), Volatile.Read(ref _floor));

    /// <summary>Not before the end of any opening: it is not for concurrent use.</summary>
    public void NotBefore(long milliseconds) => Volatile.Write(ref _floor, Math.Max(_floor, milliseconds));
}
