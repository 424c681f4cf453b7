using Orleans.Concurrency;

namespace Orleans.Persist.Objects;

/// <summary>An object store on a cluster; its key is the store's name. One silo at a time has it open, whoever calls.</summary>
/// <typeparam name="T">The type of the objects; Orleans must be able to serialize it.</typeparam>
/// <remarks>What kind of store it is, its timestamps, retention and serializer are configured on the silos: <c>AddObjectStore</c>.</remarks>
[Alias("Orleans.Persist.IObjectStoreGrain`1")]
public interface IObjectStoreGrain<T> : IGrainWithStringKey
{
    /// <summary>Creates the store.</summary>
    /// <exception cref="ObjectStoreExistsException">There is one of this name (requirement g.1.0).</exception>
    [Alias("Create")]
    Task Create(CancellationToken cancellationToken);

    /// <summary>Stores objects, all or none; answers once they are durable. Other calls are answered meanwhile (requirement g.1.1).</summary>
    /// <exception cref="ObjectStoreNotFoundException">The store has not been created.</exception>
    /// <inheritdoc cref="ObjectStore{T}.ExportAsync(IReadOnlyCollection{T}, CancellationToken)"/>
    [Alias("Export")]
    Task<ObjectExport> Export([Immutable] T[] objects, CancellationToken cancellationToken);

    /// <summary>Stores objects under an id, so that the call may be repeated where its answer got lost, and stores nothing twice.</summary>
    /// <exception cref="ObjectStoreNotFoundException">The store has not been created.</exception>
    /// <inheritdoc cref="ObjectStore{T}.ExportAsync(IReadOnlyCollection{T}, string, CancellationToken)"/>
    [Alias("ExportOnce")]
    Task<ObjectExport> ExportOnce([Immutable] T[] objects, string id, CancellationToken cancellationToken);

    /// <summary>The objects: with a timestamp function in chronological order, without one in the order of the exports.</summary>
    /// <exception cref="ObjectStoreNotFoundException">The store has not been created.</exception>
    [Alias("Fetch")]
    IAsyncEnumerable<T> Fetch(CancellationToken cancellationToken);

    /// <summary>The objects from a time on and before another, in chronological order.</summary>
    /// <exception cref="InvalidOperationException">The store has no timestamp function.</exception>
    /// <exception cref="ObjectStoreNotFoundException">The store has not been created.</exception>
    [Alias("FetchRange")]
    IAsyncEnumerable<T> FetchRange(DateTimeOffset since, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>Removes every object whose timestamp is not after now minus the retention time.</summary>
    /// <exception cref="InvalidOperationException">The store is a snapshot store, or has no retention time.</exception>
    /// <exception cref="ObjectStoreNotFoundException">The store has not been created.</exception>
    [Alias("Purge")]
    Task<ObjectPurge> Purge(CancellationToken cancellationToken);

    /// <summary>Deletes the store with all its objects. Its name is free then.</summary>
    /// <exception cref="ObjectStoreNotFoundException">There is none of this name.</exception>
    [Alias("Delete")]
    Task Delete(CancellationToken cancellationToken);
}
