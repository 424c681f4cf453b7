using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Persist.Diagnostics;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Objects;

/// <summary>The object stores of one storage.</summary>
/// <param name="storage">The storage. It stays open.</param>
/// <param name="timeProvider">The clock; the system's by default.</param>
/// <param name="logger">Where damage and clearing up are logged; nowhere by default.</param>
/// <remarks>A store is open once at a time: whoever opens it shares it, and disposes of it to have it opened anew. One process at a time writes to a store.</remarks>
public sealed class ObjectStores(IStorage storage, TimeProvider? timeProvider = null, ILogger<ObjectStores>? logger = null)
{
    private readonly TimeProvider _time = timeProvider ?? TimeProvider.System;
    private readonly ILogger _logger = logger ?? NullLogger<ObjectStores>.Instance;

    /// <summary>The names that are open, or being opened or deleted.</summary>
    private readonly ConcurrentDictionary<string, bool> _taken = new(StringComparer.Ordinal);

    /// <summary>Creates a store and opens it.</summary>
    /// <exception cref="ObjectStoreExistsException">There is a store of this name (requirement g.1.0).</exception>
    /// <exception cref="ArgumentException">A bad name, or options that contradict themselves.</exception>
    public ValueTask<ObjectStore<T>> CreateAsync<T>(string name, ObjectStoreOptions<T>? options = null, CancellationToken cancellationToken = default) =>
        OpenAsync(name, options, mayExist: false, mayCreate: true, cancellationToken);

    /// <summary>Opens a store.</summary>
    /// <exception cref="ObjectStoreNotFoundException">There is none of this name.</exception>
    /// <exception cref="ObjectStoreMismatchException">It was created as another kind of store.</exception>
    /// <exception cref="InvalidOperationException">It is open.</exception>
    public ValueTask<ObjectStore<T>> OpenAsync<T>(string name, ObjectStoreOptions<T>? options = null, CancellationToken cancellationToken = default) =>
        OpenAsync(name, options, mayExist: true, mayCreate: false, cancellationToken);

    /// <summary>Opens a store, and creates it first where there is none.</summary>
    /// <exception cref="ObjectStoreMismatchException">It was created as another kind of store.</exception>
    /// <exception cref="InvalidOperationException">It is open.</exception>
    public ValueTask<ObjectStore<T>> OpenOrCreateAsync<T>(string name, ObjectStoreOptions<T>? options = null, CancellationToken cancellationToken = default) =>
        OpenAsync(name, options, mayExist: true, mayCreate: true, cancellationToken);

    /// <summary>Deletes a store with all its objects. Its name is free then.</summary>
    /// <exception cref="ObjectStoreNotFoundException">There is none of this name.</exception>
    /// <exception cref="InvalidOperationException">It is open.</exception>
    public async ValueTask DeleteAsync(string name, CancellationToken cancellationToken = default)
    {
        SystemNames.ValidateUserName(name, "object store");
        if (!_taken.TryAdd(name, true))
            throw Open(name);
        try
        {
            var (definition, head) = await ObjectStoreDefinition.ReadAsync(storage.Journal, name, cancellationToken).ConfigureAwait(false);
            if (definition is null)
                throw new ObjectStoreNotFoundException(name);
            await storage.Journal.DeleteAsync(head.Stream, ExpectedVersion.Exactly(head.Version, head.Incarnation), cancellationToken).ConfigureAwait(false);
            await ClearAsync(name, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _taken.TryRemove(name, out _);
        }
    }

    /// <summary>The names of the stores there are, in no particular order.</summary>
    public async IAsyncEnumerable<string> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var head in storage.Journal.ListStreamsAsync(SystemNames.ObjectStorePrefix, cancellationToken).ConfigureAwait(false))
            yield return head.Stream[SystemNames.ObjectStorePrefix.Length..];
    }

    private async ValueTask<ObjectStore<T>> OpenAsync<T>(
        string name, ObjectStoreOptions<T>? options, bool mayExist, bool mayCreate, CancellationToken cancellationToken)
    {
        SystemNames.ValidateUserName(name, "object store");
        options ??= new ObjectStoreOptions<T>();
        options.Validate(name);
        if (!_taken.TryAdd(name, true))
            throw mayExist ? Open(name) : new ObjectStoreExistsException(name);
        try
        {
            var (definition, head) = await ObjectStoreDefinition.ReadAsync(storage.Journal, name, cancellationToken).ConfigureAwait(false);
            if (definition is not null && !mayExist)
                throw new ObjectStoreExistsException(name);
            if (definition is null && !mayCreate)
                throw new ObjectStoreNotFoundException(name);
            if (definition is null)
                (definition, head) = await CreateAsync(name, options, head, cancellationToken).ConfigureAwait(false);
            if (definition.Snapshot != options.Snapshot || definition.Timestamped != options.Timestamp is not null)
                throw new ObjectStoreMismatchException(name, definition.ToString(), new ObjectStoreDefinition(options.Snapshot, options.Timestamp is not null, 0, 0).ToString());
            var context = new ObjectStoreContext<T>(name, options, storage, _time, _logger);
            ObjectStoreKind<T> kind = options.Snapshot ? new SnapshotObjects<T>(context, head.Incarnation) : new AppendedObjects<T>(context, definition, head);
            await kind.OpenAsync(cancellationToken).ConfigureAwait(false);
            return new ObjectStore<T>(context, kind, () => _taken.TryRemove(name, out _));
        }
        catch
        {
            _taken.TryRemove(name, out _);
            throw;
        }
    }

    private async ValueTask<(ObjectStoreDefinition Definition, StreamHead Head)> CreateAsync<T>(
        string name, ObjectStoreOptions<T> options, StreamHead head, CancellationToken cancellationToken)
    {
        var objects = SystemNames.Objects(name, 1);
        await ClearAsync(name, cancellationToken).ConfigureAwait(false); // what an interrupted deletion has left
        var incarnation = (await storage.Journal.GetHeadAsync(objects, cancellationToken).ConfigureAwait(false)).Incarnation;
        var definition = new ObjectStoreDefinition(options.Snapshot, options.Timestamp is not null, 1, incarnation);
        try
        {
            head = await definition.WriteAsync(storage.Journal, ObjectStoreDefinition.Created, head, _time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
            return (definition, head);
        }
        catch (VersionConflictException)
        {
            throw new ObjectStoreExistsException(name); // another process was faster
        }
    }

    private async ValueTask ClearAsync(string name, CancellationToken cancellationToken)
    {
        await storage.Snapshots.DeleteAsync(SystemNames.ObjectStore(name), cancellationToken).ConfigureAwait(false);
        await foreach (var left in storage.Journal.ListStreamsAsync(SystemNames.ObjectsPrefix(name), cancellationToken).ConfigureAwait(false))
        {
            await storage.Journal.DeleteAsync(left.Stream, ExpectedVersion.Any, cancellationToken).ConfigureAwait(false);
            _logger.OrphanRemoved(name, left.Stream);
        }
    }

    private static InvalidOperationException Open(string name) => new($"Object store '{name}' is open, or is being opened or deleted.");
}
