namespace Orleans.Persist.SiloHost.Sinks;

/// <summary>How many events there are of each type.</summary>
internal sealed class EventsPerType
{
    /// <summary>The counts by type.</summary>
    public Dictionary<string, long> Counts { get; init; } = [];
}
