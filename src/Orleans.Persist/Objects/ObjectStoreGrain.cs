using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Orleans.Persist.Objects;

/// <inheritdoc cref="IObjectStoreGrain{T}"/>
[Reentrant, GrainType("persist-objects`1")]
internal sealed class ObjectStoreGrain<T>(ObjectStores stores, IOptionsFactory<ObjectStoreOptions<T>> options) : Grain, IObjectStoreGrain<T>, IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private ObjectStore<T>? _store;

    private string Name => this.GetPrimaryKeyString();

    /// <inheritdoc/>
    public async Task Create(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(true);
        try
        {
            if (_store is not null)
                throw new ObjectStoreExistsException(Name);
            _store = await stores.CreateAsync(Name, options.Create(Name), cancellationToken).ConfigureAwait(true);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<ObjectExport> Export(T[] objects, CancellationToken cancellationToken)
    {
        var store = await OpenAsync(cancellationToken).ConfigureAwait(true);
        return await store.ExportAsync(objects, cancellationToken).ConfigureAwait(true);
    }

    /// <inheritdoc/>
    public async Task<ObjectExport> ExportOnce(T[] objects, string id, CancellationToken cancellationToken)
    {
        var store = await OpenAsync(cancellationToken).ConfigureAwait(true);
        return await store.ExportAsync(objects, id, cancellationToken).ConfigureAwait(true);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<T> Fetch([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var store = await OpenAsync(cancellationToken).ConfigureAwait(true);
        await foreach (var value in store.FetchAsync(cancellationToken).ConfigureAwait(true))
            yield return value;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<T> FetchRange(DateTimeOffset since, DateTimeOffset until, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var store = await OpenAsync(cancellationToken).ConfigureAwait(true);
        await foreach (var value in store.FetchAsync(since, until, cancellationToken).ConfigureAwait(true))
            yield return value;
    }

    /// <inheritdoc/>
    public async Task<ObjectPurge> Purge(CancellationToken cancellationToken)
    {
        var store = await OpenAsync(cancellationToken).ConfigureAwait(true);
        return await store.PurgeAsync(cancellationToken).ConfigureAwait(true);
    }

    /// <inheritdoc/>
    public async Task Delete(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(true);
        try
        {
            await CloseAsync().ConfigureAwait(true);
            await stores.DeleteAsync(Name, cancellationToken).ConfigureAwait(true);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        await CloseAsync().AsTask().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext); // what hangs is closed behind it

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private async ValueTask<ObjectStore<T>> OpenAsync(CancellationToken cancellationToken)
    {
        if (_store is { } open)
            return open;
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(true);
        try
        {
            return _store ??= await stores.OpenAsync(Name, options.Create(Name), cancellationToken).ConfigureAwait(true);
        }
        finally
        {
            _gate.Release();
        }
    }

    private ValueTask CloseAsync()
    {
        var store = Interlocked.Exchange(ref _store, null);
        return store?.DisposeAsync() ?? default;
    }
}
