using Orleans.Persist.Journal;
using Orleans.Persist.Snapshots;
using Orleans.Runtime;

namespace Orleans.Persist.Hosting;

/// <summary>The storage of one silo, open for as long as the silo can have grains.</summary>
internal sealed class SiloStorage(Func<CancellationToken, ValueTask<IStorage>> open) : IStorage, ILifecycleParticipant<ISiloLifecycle>
{
    /// <summary>Before <see cref="ServiceLifecycleStage.RuntimeGrainServices"/>, with which grains can run; stages stop in reverse order, so it closes after <see cref="ServiceLifecycleStage.GrainDeactivation"/>.</summary>
    private const int Stage = ServiceLifecycleStage.RuntimeStorageServices;

    private IStorage? _storage;
    private bool _closed;

    /// <inheritdoc/>
    public IJournal Journal => Opened.Journal;

    /// <inheritdoc/>
    public ISnapshotStore Snapshots => Opened.Snapshots;

    private IStorage Opened => Volatile.Read(ref _storage) ?? throw new JournalUnavailableException(
        Volatile.Read(ref _closed) ? "The silo has closed its storage." : "The silo has not opened its storage yet: it does so as it starts.");

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer) => observer.Subscribe(nameof(SiloStorage), Stage, OpenAsync, CloseAsync);

    /// <summary>Closes the storage where the silo has not, because its start failed. May be called again.</summary>
    public async ValueTask DisposeAsync()
    {
        Volatile.Write(ref _closed, true);
        if (Interlocked.Exchange(ref _storage, null) is { } storage)
            await storage.DisposeAsync().ConfigureAwait(false);
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            var storage = await open(cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _storage, storage ?? throw new InvalidOperationException("What AddPersist was given to open the storage returned null."));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new JournalUnavailableException($"The silo cannot start, as its storage cannot be opened: {e.Message}", e);
        }
    }

    private Task CloseAsync(CancellationToken cancellationToken) => DisposeAsync().AsTask();
}
