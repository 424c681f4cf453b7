using Orleans.Concurrency;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Scopes;

/// <summary>A 16th of the scoped store on a cluster; its key is the number, from 0 to 15. Locations are spread over them by a hash.</summary>
/// <remarks>Every call may fail with a <see cref="VersionConflictException"/>: another activation has written. Nothing was written then, and the next call finds the right one.</remarks>
[Alias("Orleans.Persist.IScopedPartGrain")]
internal interface IScopedPartGrain : IGrainWithIntegerKey
{
    /// <inheritdoc cref="IScopedStore.SaveAsync"/>
    [Alias("Save")]
    Task Save(ScopedLocation location, [Immutable] ReadOnlyMemory<byte> value, TimeSpan timeToLive, CancellationToken cancellationToken);

    /// <inheritdoc cref="IScopedStore.TryLoadAsync"/>
    [Alias("Load")]
    Task<LoadResult> Load(ScopedLocation location, CancellationToken cancellationToken);

    /// <inheritdoc cref="IScopedStore.DeleteAsync"/>
    [Alias("Delete")]
    Task Delete(ScopedLocation location, CancellationToken cancellationToken);

    /// <summary>Has it be active if it has anything: what expires leaves memory and journal only where somebody looks after it.</summary>
    [Alias("Wake")]
    Task Wake();
}
