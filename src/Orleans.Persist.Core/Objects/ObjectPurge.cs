namespace Orleans.Persist.Objects;

/// <summary>What a purge has done.</summary>
/// <param name="Purged">How many objects it removed.</param>
/// <param name="Kept">How many objects it kept: all those exported before it ran whose timestamp is after <paramref name="Cutoff"/>.</param>
/// <param name="Cutoff">Now minus the retention time.</param>
public sealed record ObjectPurge(long Purged, long Kept, DateTimeOffset Cutoff);
