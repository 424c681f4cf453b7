using Microsoft.Extensions.Diagnostics.HealthChecks;
using Orleans.Persist.Hosting;

namespace Orleans.Persist.SiloHost.Hosting;

/// <summary>Whether the engine can be used: unhealthy until it is ready, degraded while a sink has a problem.</summary>
internal sealed class EngineHealthCheck(IEngineHealth engine) : IHealthCheck
{
    /// <summary>The tag of the checks that readiness consists of.</summary>
    public const string ReadyTag = "ready";

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var problems = string.Join(' ', engine.Problems);
        return Task.FromResult(
            !engine.IsReady ? HealthCheckResult.Unhealthy(problems.Length > 0 ? problems : "The engine has not started.")
            : problems.Length > 0 ? HealthCheckResult.Degraded(problems)
            : HealthCheckResult.Healthy());
    }
}
