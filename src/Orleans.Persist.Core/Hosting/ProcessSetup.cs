using Orleans.Persist.Processes;

namespace Orleans.Persist.Hosting;

/// <summary>A kind of process that a host is configured with.</summary>
/// <param name="Make">Says what kind it is.</param>
internal sealed record ProcessSetup(Func<IServiceProvider, ProcessDefinition> Make);
