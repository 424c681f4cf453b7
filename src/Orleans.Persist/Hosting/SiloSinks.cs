using System.Collections.Concurrent;
using Orleans.Persist.Sources;

namespace Orleans.Persist.Hosting;

/// <summary>The sinks that run on this silo.</summary>
internal sealed class SiloSinks
{
    private readonly ConcurrentDictionary<SinkActivation, bool> _running = new();

    public IEnumerable<SinkActivation> Running => _running.Keys;

    public void Add(SinkActivation sink) => _running[sink] = true;

    public void Remove(SinkActivation sink) => _running.TryRemove(sink, out _);
}
