using Orleans.Persist.Hosting;
using Orleans.Persist.SiloHost.Sinks;

namespace Orleans.Persist.SiloHost.Demo;

/// <summary>The source of the demo and its three sinks.</summary>
internal sealed class DemoSource
{
    /// <summary>The source's name.</summary>
    public const string Name = "demo";

    /// <summary>How many sinks there are.</summary>
    public const int Sinks = 3;

    /// <summary>Counts by type.</summary>
    public EventsPerTypeSink PerType { get; } = new();

    /// <summary>Last activities.</summary>
    public LastActivitySink LastActivity { get; } = new();

    /// <summary>Counts by day.</summary>
    public EventsPerDaySink PerDay { get; } = new();

    /// <summary>Adds source and sinks to an engine.</summary>
    public void AddTo(PersistBuilder persist, long exportEvery, TimeSpan exportInterval) => persist
        .AddEventSource(Name, options => (options.ExportEvery, options.ExportInterval) = (exportEvery, exportInterval))
        .AddSink(Name, PerType)
        .AddSink(Name, LastActivity)
        .AddSink(Name, PerDay);
}
