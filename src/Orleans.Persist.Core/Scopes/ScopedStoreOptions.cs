using Microsoft.Extensions.Options;

namespace Orleans.Persist.Scopes;

/// <summary>How the scoped store works.</summary>
public sealed class ScopedStoreOptions
{
    /// <summary>The time to live of a value at global scope that is saved with 0. Above 0; default 7 days.</summary>
    public TimeSpan GlobalTimeToLive { get; set; } = TimeSpan.FromSeconds(604_800);

    /// <summary>The time to live of a value at bridge scope that is saved with 0. Above 0; default 7 days.</summary>
    public TimeSpan BridgeTimeToLive { get; set; } = TimeSpan.FromSeconds(604_800);

    /// <summary>The time to live of a value at instance scope that is saved with 0. Above 0; default 20 seconds.</summary>
    public TimeSpan InstanceTimeToLive { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a key whose value has expired is remembered as such, instead of as missing (requirement t.4). 0 to 1 day; default 30 seconds.</summary>
    public TimeSpan ExpiredKeptFor { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The most bytes of UTF-8 that a key, a bridge or an instance may take. 1 to 65,536; default 1,024.</summary>
    public int MaxNameBytes { get; set; } = 1_024;

    /// <summary>The most bytes a value may take, if the journal takes an append of that size. 1 to 64 MiB; default 4 MiB.</summary>
    public int MaxValueBytes { get; set; } = 4 << 20;

    /// <summary>The most bytes that all locations and values together may take in memory, with 128 for each; over it a save is refused. 1 or more; default 1 GiB.</summary>
    public long MaxTotalBytes { get; set; } = 1L << 30;

    /// <summary>How often expired values are looked for and freed. 10 ms to 1 hour; default 1 second. What has expired cannot be loaded in any case.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long, at most, the journal keeps what was expired, deleted or saved over before the log is compacted; it is earlier where half of the log is such. 1 second to 10 days; default 10 minutes.</summary>
    public TimeSpan CompactInterval { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Throws where an option is out of range.</summary>
    /// <exception cref="OptionsValidationException">One is; the message names it.</exception>
    public void Validate()
    {
        Require(IsTimeToLive(GlobalTimeToLive), nameof(GlobalTimeToLive), GlobalTimeToLive, TimesToLive);
        Require(IsTimeToLive(BridgeTimeToLive), nameof(BridgeTimeToLive), BridgeTimeToLive, TimesToLive);
        Require(IsTimeToLive(InstanceTimeToLive), nameof(InstanceTimeToLive), InstanceTimeToLive, TimesToLive);
        Require(ExpiredKeptFor >= TimeSpan.Zero && ExpiredKeptFor <= TimeSpan.FromDays(1), nameof(ExpiredKeptFor), ExpiredKeptFor, "0 to 1 day");
        Require(MaxNameBytes is >= 1 and <= 65_536, nameof(MaxNameBytes), MaxNameBytes, "1 to 65,536");
        Require(MaxValueBytes is >= 1 and <= 64 << 20, nameof(MaxValueBytes), MaxValueBytes, "1 to 64 MiB");
        Require(MaxTotalBytes >= 1, nameof(MaxTotalBytes), MaxTotalBytes, "1 or more");
        Require(SweepInterval >= TimeSpan.FromMilliseconds(10) && SweepInterval <= TimeSpan.FromHours(1), nameof(SweepInterval), SweepInterval, "10 ms to 1 hour");
        Require(CompactInterval >= TimeSpan.FromSeconds(1) && CompactInterval <= TimeSpan.FromDays(10), nameof(CompactInterval), CompactInterval, "1 second to 10 days");
    }

    internal static TimeSpan MaxTimeToLive { get; } = TimeSpan.FromSeconds(int.MaxValue);

    private const string TimesToLive = "above 0 and at most 2,147,483,647 seconds";

    private static bool IsTimeToLive(TimeSpan time) => time > TimeSpan.Zero && time <= MaxTimeToLive;

    private static void Require(bool met, string name, object value, string range)
    {
        if (!met)
            throw new OptionsValidationException(nameof(ScopedStoreOptions), typeof(ScopedStoreOptions), [$"{nameof(ScopedStoreOptions)}.{name} must be {range}; it is {value}."]);
    }
}
