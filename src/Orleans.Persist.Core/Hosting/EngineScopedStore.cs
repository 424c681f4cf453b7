using Orleans.Persist.Scopes;

namespace Orleans.Persist.Hosting;

/// <summary>The scoped store for the container, which may make it before it is open.</summary>
internal sealed class EngineScopedStore(IScopedStoreHost host) : IScopedStore
{
    public ValueTask SaveAsync(ScopedLocation location, ReadOnlyMemory<byte> value, TimeSpan timeToLive = default, CancellationToken cancellationToken = default) =>
        host.ScopedStore.SaveAsync(location, value, timeToLive, cancellationToken);

    public ValueTask<LoadResult> TryLoadAsync(ScopedLocation location, CancellationToken cancellationToken = default) =>
        host.ScopedStore.TryLoadAsync(location, cancellationToken);

    public ValueTask DeleteAsync(ScopedLocation location, CancellationToken cancellationToken = default) =>
        host.ScopedStore.DeleteAsync(location, cancellationToken);
}
