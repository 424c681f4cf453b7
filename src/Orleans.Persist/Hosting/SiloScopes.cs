using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Persist.Diagnostics;
using Orleans.Persist.Scopes;
using Orleans.Runtime;

namespace Orleans.Persist.Hosting;

/// <summary>Has the parts of the cluster's scoped store be active while they have anything, also after the silo of one has died: what expires goes without a call (requirement t.8).</summary>
internal sealed class SiloScopes(IServiceProvider services, IGrainFactory grains, ILogger<SiloScopes> logger) : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer) => observer.Subscribe(nameof(SiloScopes), ServiceLifecycleStage.Active + 1, StartAsync, StopAsync);

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private Task StartAsync(CancellationToken cancellationToken)
    {
        if (services.GetService<ScopedStoreSetup>() is { } scoped)
            _loop = KeepAsync(scoped.Options.CompactInterval, services.GetService<TimeProvider>() ?? TimeProvider.System);
        return Task.CompletedTask;
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task KeepAsync(TimeSpan interval, TimeProvider time)
    {
        using var timer = new PeriodicTimer(interval, time);
        do
        {
            for (var number = 0; number < ScopedStore.Partitions; number++)
            {
                try
                {
                    await grains.GetGrain<IScopedPartGrain>(number).Wake().WaitAsync(_stopping.Token).ConfigureAwait(false);
                }
                catch (Exception e) when (e is not OperationCanceledException || !_stopping.IsCancellationRequested)
                {
                    logger.ScopedPartNotWoken(e, number);
                }
            }
        }
        while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false));
    }
}
