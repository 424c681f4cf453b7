using Orleans.Persist.Scopes;

namespace Orleans.Persist.Hosting;

/// <summary>The engine's scoped store for the container, which may make it before the engine is started.</summary>
internal sealed class EngineScopedStore(PersistEngine engine) : IScopedStore
{
    public ValueTask SaveAsync(ScopedLocation location, ReadOnlyMemory<byte> value, TimeSpan timeToLive = default, CancellationToken cancellationToken = default) =>
        engine.ScopedStore.SaveAsync(location, value, timeToLive, cancellationToken);

    public ValueTask<LoadResult> TryLoadAsync(ScopedLocation location, CancellationToken cancellationToken = default) =>
        engine.ScopedStore.TryLoadAsync(location, cancellationToken);

    public ValueTask DeleteAsync(ScopedLocation location, CancellationToken cancellationToken = default) =>
        engine.ScopedStore.DeleteAsync(location, cancellationToken);
}
