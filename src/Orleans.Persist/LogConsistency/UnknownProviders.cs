using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.EventSourcing;
using Orleans.Persist.Diagnostics;
using Orleans.Providers;
using Orleans.Runtime;

namespace Orleans.Persist.LogConsistency;

/// <summary>Tells, when the silo starts, which of its grain classes name a provider that it does not have. Their activations will fail; the silo may still be good for the others, so it starts.</summary>
internal sealed class UnknownProviders(IOptions<GrainTypeOptions> grains, IServiceProviderIsKeyedService services, ILogger<UnknownProviders> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    public void Participate(ISiloLifecycle observer) => observer.Subscribe(nameof(UnknownProviders), ServiceLifecycleStage.First, _ =>
    {
        foreach (var grain in grains.Value.Classes)
        {
            if (Attribute.GetCustomAttribute(grain, typeof(LogConsistencyProviderAttribute)) is LogConsistencyProviderAttribute { ProviderName: { } name }
                && !services.IsKeyedService(typeof(ILogViewAdaptorFactory), name))
            {
                logger.ProviderUnknown(grain, name);
            }
        }

        return Task.CompletedTask;
    });
}
