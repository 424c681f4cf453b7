using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Persist.Journal;
using Orleans.Persist.Scopes;
using Orleans.Persist.Snapshots;
using Orleans.Runtime;

namespace Orleans.Persist.Hosting;

/// <summary>The storage of one silo, open for as long as the silo can have grains; and the scoped store on it, where the silo is configured with one.</summary>
/// <remarks>The scoped store answers from memory, so one silo of a cluster at a time may have it.</remarks>
internal sealed class SiloStorage(IServiceProvider services) : IStorage, IScopedStoreHost, ILifecycleParticipant<ISiloLifecycle>
{
    /// <summary>Before <see cref="ServiceLifecycleStage.RuntimeGrainServices"/>, with which grains can run; stages stop in reverse order, so it closes after <see cref="ServiceLifecycleStage.GrainDeactivation"/>.</summary>
    private const int Stage = ServiceLifecycleStage.RuntimeStorageServices;

    private IStorage? _storage;
    private ScopedStore? _scoped;
    private bool _owned;
    private int _closed;

    /// <inheritdoc/>
    public IJournal Journal => Open.Journal;

    /// <inheritdoc/>
    public ISnapshotStore Snapshots => Open.Snapshots;

    /// <inheritdoc/>
    public IScopedStore ScopedStore => _scoped ?? throw NotOpen();

    private IStorage Open => _storage ?? throw NotOpen();

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer) =>
        observer.Subscribe(nameof(SiloStorage), Stage, OpenAsync, _ => DisposeAsync().AsTask());

    /// <summary>Closes the storage, where the silo has not because its start failed. May be called again.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_storage is null || Interlocked.Exchange(ref _closed, 1) != 0)
            return;
        if (_scoped is not null)
            await _scoped.DisposeAsync().ConfigureAwait(false);
        if (_owned)
            await _storage.DisposeAsync().ConfigureAwait(false);
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            var options = services.GetEngineOptions();
            _owned = options.OwnsStorage;
            _storage = await options.OpenStorage!(cancellationToken).ConfigureAwait(false);
            if (services.GetService<ScopedStoreSetup>() is { } scoped)
            {
                var time = services.GetService<TimeProvider>() ?? TimeProvider.System;
                _scoped = await Scopes.ScopedStore.OpenAsync(
                    _storage.Journal, scoped.Options, time, services.GetRequiredService<ILogger<ScopedStore>>(), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new JournalUnavailableException($"The silo cannot start, as its storage cannot be opened: {e.Message}", e);
        }
    }

    private static InvalidOperationException NotOpen() => new("The silo has not opened this yet.");
}
