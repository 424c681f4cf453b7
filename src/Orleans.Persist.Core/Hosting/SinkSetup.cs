using Orleans.Persist.Sources;

namespace Orleans.Persist.Hosting;

/// <summary>A sink that a host is configured with.</summary>
/// <param name="Source">Its source.</param>
/// <param name="Make">Makes the sink; what comes back gives it a state, each time it is started.</param>
internal sealed record SinkSetup(string Source, Func<IServiceProvider, Func<SinkPort>> Make);
