namespace Orleans.Persist.Objects;

/// <summary>How one kind of object store keeps its objects. Exports and purges come one at a time, fetches at any time.</summary>
internal abstract class ObjectStoreKind<T>
{
    public virtual ObjectRestore? Restored => null;

    /// <summary>Looks at what is there, and clears away what a crash has left.</summary>
    public abstract ValueTask OpenAsync(CancellationToken cancellationToken);

    public abstract ValueTask<ObjectExport> ExportAsync(IReadOnlyCollection<T> objects, string? id, CancellationToken cancellationToken);

    /// <summary>The objects, in chronological order where they have timestamps; of those only the ones from <paramref name="since"/> on and before <paramref name="until"/>.</summary>
    public abstract IAsyncEnumerable<T> FetchAsync(DateTimeOffset? since, DateTimeOffset? until, CancellationToken cancellationToken);

    public abstract ValueTask<ObjectPurge> PurgeAsync(DateTimeOffset cutoff, CancellationToken cancellationToken);
}
