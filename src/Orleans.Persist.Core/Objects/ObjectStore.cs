using Orleans.Persist.Diagnostics;

namespace Orleans.Persist.Objects;

/// <summary>A named collection of objects on the engine's storage: a snapshot store (the last export counts) or an appending one (the sum of all exports). <see cref="ObjectStores"/> opens it.</summary>
/// <typeparam name="T">The type of the objects.</typeparam>
/// <remarks>All members are safe for concurrent use. Exports and purges run one after the other, in the order of the calls; fetches beside them.</remarks>
public sealed class ObjectStore<T> : IAsyncDisposable
{
    private readonly ObjectStoreContext<T> _context;
    private readonly ObjectStoreKind<T> _kind;
    private readonly Action _onClosed;
    private readonly WorkQueue _queue;
    private int _closed;

    internal ObjectStore(ObjectStoreContext<T> context, ObjectStoreKind<T> kind, Action onClosed) =>
        (_context, _kind, _onClosed, _queue) = (context, kind, onClosed, new WorkQueue(context.Options.QueueCapacity));

    /// <summary>The store's name.</summary>
    public string Name => _context.Name;

    /// <summary>Whether the store holds the last export only.</summary>
    public bool IsSnapshot => _context.Options.Snapshot;

    /// <summary>What a snapshot store found when it was opened, or last fetched; null for an appending store. Says which later exports could not be read (requirement g.6.1).</summary>
    public ObjectRestore? Restored => _kind.Restored;

    /// <summary>Stores objects, all or none. Returns at once: neither serialization nor storage runs on the caller's thread (requirement g.1.1).</summary>
    /// <param name="objects">The objects. Neither they nor the collection must be changed until the task has completed.</param>
    /// <param name="cancellationToken">Ends the wait; the export then happens whole or not at all.</param>
    /// <returns>Completes once the objects are durable.</returns>
    /// <exception cref="Journal.AppendTooLargeException">The export is over a limit of the storage. Nothing was stored.</exception>
    /// <exception cref="Journal.JournalUnavailableException">The storage failed. The objects may have been stored.</exception>
    /// <exception cref="ObjectStoreBusyException">Too many exports wait (<see cref="ObjectStoreOptions{T}.QueueCapacity"/>). Nothing was stored.</exception>
    public Task<ObjectExport> ExportAsync(IReadOnlyCollection<T> objects, CancellationToken cancellationToken = default) =>
        EnqueueExportAsync(objects, id: null, cancellationToken);

    /// <summary>Stores objects under an id, so that the same export may be made again after its answer got lost, and stores nothing twice.</summary>
    /// <param name="objects">The objects: with a lost answer, the same ones as before.</param>
    /// <param name="id">The export's id. An appending store knows it as long as its objects are among the newest (as many as <see cref="Journal.JournalLimits.IdWindow"/>, which is also the most that such an export may have). A snapshot store needs none: the last export counts.</param>
    /// <param name="cancellationToken">Ends the wait; the export then happens whole or not at all.</param>
    /// <returns>What the export has stored, or had stored before.</returns>
    /// <exception cref="Journal.DuplicateEventException">An export of this id had other objects. Nothing was stored.</exception>
    /// <inheritdoc cref="ExportAsync(IReadOnlyCollection{T}, CancellationToken)"/>
    public Task<ObjectExport> ExportAsync(IReadOnlyCollection<T> objects, string id, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        return EnqueueExportAsync(objects, id, cancellationToken);
    }

    /// <summary>The objects: with a timestamp function in chronological order (requirement g.4.3), of equal times the earlier export first; without one in the order of the exports.</summary>
    public IAsyncEnumerable<T> FetchAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        return _kind.FetchAsync(since: null, until: null, cancellationToken);
    }

    /// <summary>The objects of a range of time, in chronological order (requirement g.4.4).</summary>
    /// <param name="since">Only objects of this time or later.</param>
    /// <param name="until">Only objects of before this time.</param>
    /// <param name="cancellationToken">Ends the fetch.</param>
    /// <exception cref="InvalidOperationException">The store has no timestamp function.</exception>
    public IAsyncEnumerable<T> FetchAsync(DateTimeOffset since, DateTimeOffset until, CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        if (_context.Options.Timestamp is null)
            throw new InvalidOperationException($"Object store '{Name}' has no timestamp function, so no ranges can be fetched from it.");
        return _kind.FetchAsync(since, until, cancellationToken);
    }

    /// <summary>Removes every object whose timestamp is not after now minus the retention time (requirement g.5.1). Crash-safe: afterwards it has happened whole or not at all.</summary>
    /// <exception cref="InvalidOperationException">The store is a snapshot store (requirement g.5.2), or has no retention time (g.5.0).</exception>
    public Task<ObjectPurge> PurgeAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        if (IsSnapshot)
            throw new InvalidOperationException($"Object store '{Name}' is a snapshot store: it holds its last export only, and cannot be purged.");
        if (_context.Options.Retention is not { } retention)
            throw new InvalidOperationException($"Object store '{Name}' has no retention time, so it cannot be purged.");
        return EnqueueAsync(
            async token =>
            {
                using var activity = ObjectStoreInstruments.Start("purge", Name);
                var now = _context.Time.GetUtcNow();
                var result = await _kind.PurgeAsync(now - DateTimeOffset.MinValue > retention ? now - retention : DateTimeOffset.MinValue, token).ConfigureAwait(false);
                ObjectStoreInstruments.OnPurged(Name, result.Purged);
                _context.Logger.Purged(Name, result.Purged, result.Kept);
                return result;
            },
            cancellationToken);
    }

    /// <summary>Closes the store once the exports and purges that were asked for have ended. Its objects stay.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
            return;
        await _queue.DrainAsync().ConfigureAwait(false);
        _onClosed();
    }

    private Task<ObjectExport> EnqueueExportAsync(IReadOnlyCollection<T> objects, string? id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(objects);
        ThrowIfClosed();
        return EnqueueAsync(
            async token =>
            {
                using var activity = ObjectStoreInstruments.Start("export", Name);
                var result = await _kind.ExportAsync(objects, id, token).ConfigureAwait(false);
                ObjectStoreInstruments.OnExported(Name, result.Objects);
                return result;
            },
            cancellationToken);
    }

    private Task<TResult> EnqueueAsync<TResult>(Func<CancellationToken, ValueTask<TResult>> work, CancellationToken cancellationToken) =>
        _queue.TryEnqueue(work, cancellationToken, out var result) ? result : Task.FromException<TResult>(new ObjectStoreBusyException(Name, _context.Options.QueueCapacity));

    private void ThrowIfClosed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _closed) != 0, this);
}
