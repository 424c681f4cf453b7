namespace Orleans.Persist.Grains;

/// <summary>An event of a grain as its subscribers see it.</summary>
/// <typeparam name="TEvent">The common type of the grain's events.</typeparam>
/// <param name="Version">Its version in the grain's stream.</param>
/// <param name="Time">Its time (UTC).</param>
/// <param name="Event">The event as of today, adapted.</param>
[GenerateSerializer]
[Alias("Orleans.Persist.PersistedEvent`1")]
public sealed record PersistedEvent<TEvent>([property: Id(0)] long Version, [property: Id(1)] DateTimeOffset Time, [property: Id(2)] TEvent Event);
