using Orleans.Persist.Journal;
using Orleans.Persist.Snapshots;
using Orleans.Runtime;

namespace Orleans.Persist.Hosting;

/// <summary>The storage of one silo, open for as long as the silo can have grains.</summary>
internal sealed class SiloStorage(PersistEngine engine) : IStorage, ILifecycleParticipant<ISiloLifecycle>
{
    /// <summary>Before <see cref="ServiceLifecycleStage.RuntimeGrainServices"/>, with which grains can run; stages stop in reverse order, so it closes after <see cref="ServiceLifecycleStage.GrainDeactivation"/>.</summary>
    private const int Stage = ServiceLifecycleStage.RuntimeStorageServices;

    /// <inheritdoc/>
    public IJournal Journal => engine.Storage.Journal;

    /// <inheritdoc/>
    public ISnapshotStore Snapshots => engine.Storage.Snapshots;

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer) => observer.Subscribe(nameof(SiloStorage), Stage, OpenAsync, CloseAsync);

    /// <summary>Closes the storage, where the silo has not because its start failed. May be called again.</summary>
    public ValueTask DisposeAsync() => engine.DisposeAsync();

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            await engine.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new JournalUnavailableException($"The silo cannot start, as its storage cannot be opened: {e.Message}", e);
        }
    }

    private Task CloseAsync(CancellationToken cancellationToken) => engine.DisposeAsync().AsTask();
}
