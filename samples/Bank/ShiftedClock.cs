namespace Bank;

/// <summary>The clock of this machine, some days earlier: what is stored under it was stored then, as far as the journal knows.</summary>
internal sealed class ShiftedClock(int daysAgo) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddDays(-daysAgo);
}
