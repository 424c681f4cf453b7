namespace Orleans.Persist.Projections;

/// <summary>What is known of a snapshot of a projection's state.</summary>
/// <param name="Number">It covers so many times <see cref="Projection.SnapshotEvery"/> events; 0 for the state before the first event.</param>
/// <param name="Version">The version of the last event in it.</param>
/// <param name="Newest">The latest publisher's time of any event in it.</param>
internal readonly record struct StateSnapshot(long Number, long Version, DateTimeOffset Newest)
{
    public static StateSnapshot None { get; } = new(0, 0, DateTimeOffset.MinValue);
}
