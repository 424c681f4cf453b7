using Orleans.Persist.Journal;
using Orleans.Persist.Snapshots;
using Orleans.Runtime;

namespace Orleans.Persist.Hosting;

/// <summary>The storage of one silo, open for as long as the silo can have grains.</summary>
internal sealed class SiloStorage(IServiceProvider services) : IStorage, ILifecycleParticipant<ISiloLifecycle>
{
    /// <summary>Before <see cref="ServiceLifecycleStage.RuntimeGrainServices"/>, with which grains can run; stages stop in reverse order, so it closes after <see cref="ServiceLifecycleStage.GrainDeactivation"/>.</summary>
    private const int Stage = ServiceLifecycleStage.RuntimeStorageServices;

    private IStorage? _storage;
    private bool _owned;
    private int _closed;

    /// <inheritdoc/>
    public IJournal Journal => Open.Journal;

    /// <inheritdoc/>
    public ISnapshotStore Snapshots => Open.Snapshots;

    private IStorage Open => _storage ?? throw new InvalidOperationException("The silo has not opened this yet.");

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer) =>
        observer.Subscribe(nameof(SiloStorage), Stage, OpenAsync, _ => DisposeAsync().AsTask());

    /// <summary>Closes the storage, where the silo has not because its start failed. May be called again.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_storage is null || Interlocked.Exchange(ref _closed, 1) != 0)
            return;
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
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new JournalUnavailableException($"The silo cannot start, as its storage cannot be opened: {e.Message}", e);
        }
    }
}
