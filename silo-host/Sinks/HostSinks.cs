using Orleans.Persist.Hosting;

namespace Orleans.Persist.SiloHost.Sinks;

/// <summary>The sinks this program brings, by the names that a configuration uses.</summary>
internal static class HostSinks
{
    private static readonly Dictionary<string, Action<PersistBuilder, string>> Known = new(StringComparer.Ordinal)
    {
        [EventsPerTypeSink.SinkName] = (persist, source) => persist.AddSink(source, new EventsPerTypeSink()),
        [LastActivitySink.SinkName] = (persist, source) => persist.AddSink(source, new LastActivitySink()),
        [EventsPerDaySink.SinkName] = (persist, source) => persist.AddSink(source, new EventsPerDaySink()),
    };

    /// <summary>Their names.</summary>
    public static IReadOnlyCollection<string> Names => Known.Keys;

    /// <summary>Adds the folds of the sinks as projections, by the same names: their states over any source, at any point in time.</summary>
    public static void AddProjections(PersistBuilder persist) => persist
        .AddProjection(new HostProjection<EventsPerType>(new EventsPerTypeSink(), snapshotEvery: 10_000))
        .AddProjection(new HostProjection<LastActivity>(new LastActivitySink(), snapshotEvery: 100_000))
        .AddProjection(new HostProjection<EventsPerDay>(new EventsPerDaySink(), snapshotEvery: 10_000));

    /// <summary>Adds a sink to a source.</summary>
    /// <exception cref="UsageException">There is none of this name.</exception>
    public static void Add(PersistBuilder persist, string source, string sink)
    {
        if (!Known.TryGetValue(sink, out var add))
            throw new UsageException($"the configuration wants the sink '{sink}' for source '{source}'; there are {string.Join(", ", Known.Keys)}.");
        add(persist, source);
    }
}
