using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Orleans.Persist.Hosting;

/// <summary>Tells health checks what <see cref="IEngineHealth"/> knows.</summary>
internal sealed class EngineHealthCheck(IEngineHealth engine) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var problems = string.Join(' ', engine.Problems);
        return Task.FromResult(
            !engine.IsReady ? new HealthCheckResult(context.Registration.FailureStatus, problems.Length > 0 ? problems : "The engine has not started.")
            : problems.Length > 0 ? HealthCheckResult.Degraded(problems)
            : HealthCheckResult.Healthy());
    }
}
