namespace Orleans.Persist.SiloHost.Demo.Cluster;

/// <summary>On which silos of the demo's cluster things live, by the silos' ports.</summary>
/// <param name="Source">The source.</param>
/// <param name="Sinks">The sinks, by name.</param>
internal sealed record DemoPlaces(int Source, IReadOnlyDictionary<string, int> Sinks);
