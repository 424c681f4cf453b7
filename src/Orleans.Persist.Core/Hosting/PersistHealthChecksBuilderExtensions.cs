using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Orleans.Persist.Hosting;

/// <summary>Adds the engine to a host's health checks.</summary>
public static class PersistHealthChecksBuilderExtensions
{
    /// <summary>Adds a check of the engine of this process or silo: unhealthy until it has started and once it stops, degraded while a sink does not work, which the description then names. It asks no storage, so it is cheap.</summary>
    /// <param name="builder">The health checks; the engine itself is added by <c>AddPersist</c> on the services, or on the silo builder.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="failureStatus">What is told instead of unhealthy.</param>
    /// <param name="tags">By which checks are chosen, such as <c>ready</c>.</param>
    /// <returns>The health checks, for more calls.</returns>
    public static IHealthChecksBuilder AddPersist(
        this IHealthChecksBuilder builder, string name = "persist", HealthStatus? failureStatus = null, IEnumerable<string>? tags = null) =>
        builder.AddCheck<EngineHealthCheck>(name, failureStatus, tags ?? []);
}
