using Orleans.Persist.Sources;

namespace Orleans.Persist.Projections;

/// <summary>A named fold of a source's events into a state, whatever the state's type. Derive from <see cref="Projection{TState}"/>.</summary>
public abstract class Projection
{
    private protected Projection()
    {
    }

    /// <summary>The projection's name, unique within its host. Follows <see cref="Journal.StreamName"/>.</summary>
    public abstract string Name { get; }

    /// <summary>The version of the fold and of the state's layout. Raise it whenever either changes: snapshots of another version are not used. Default 1.</summary>
    public virtual int SchemaVersion => 1;

    /// <summary>The types of the events that the fold looks at; null (the default) for all. Others are not even read where the storage has an index.</summary>
    public virtual IReadOnlyCollection<string>? Types => null;

    /// <summary>A snapshot is kept beside the events after every so many events applied; 0 for none. Default 1,000. Each takes as much room as the state: raise it for large states.</summary>
    public virtual int SnapshotEvery => 1_000;

    /// <summary>The media type of the serialized state. Default <c>application/json</c>.</summary>
    public virtual string ContentType => "application/json";

    internal abstract ValueTask<ProjectedState<ReadOnlyMemory<byte>>> ReadSerializedAsync(
        StateReader reader, IEventSource source, StateRequest request, CancellationToken cancellationToken);
}
