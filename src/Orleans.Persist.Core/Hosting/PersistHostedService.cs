using Microsoft.Extensions.Hosting;

namespace Orleans.Persist.Hosting;

/// <summary>Starts and stops the engine with its host.</summary>
internal sealed class PersistHostedService(PersistEngine engine) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => engine.StartAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => engine.StopAsync(cancellationToken);
}
