namespace Orleans.Persist.Processes;

/// <summary>A clock that stands at the time of the message or event being handled (requirement m.3), for code that takes a <see cref="TimeProvider"/>.</summary>
internal sealed class TurnTimeProvider(TurnContext turn) : TimeProvider
{
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => turn.Now;

    public override long GetTimestamp() => turn.Now.UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        throw new NotSupportedException("The clock of a process stands still while it handles a message. Use SetTimer: its message comes through the mailbox.");
}
