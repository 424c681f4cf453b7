namespace Orleans.Persist.SiloHost.Sinks;

/// <summary>How many events there are of each day.</summary>
internal sealed class EventsPerDay
{
    /// <summary>The counts by the day (UTC) of the events' own time, as <c>yyyy-MM-dd</c>.</summary>
    public SortedDictionary<string, long> Counts { get; init; } = new(StringComparer.Ordinal);
}
