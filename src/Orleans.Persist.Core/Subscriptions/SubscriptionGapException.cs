using Orleans.Persist.Journal;

namespace Orleans.Persist.Subscriptions;

/// <summary>A subscription cannot go on: events that it has not given, or that were not acknowledged, are no longer there.</summary>
/// <param name="source">The source.</param>
/// <param name="name">The subscription.</param>
/// <param name="wanted">The version it wanted.</param>
/// <param name="first">The first version that can be read.</param>
public sealed class SubscriptionGapException(string source, string name, long wanted, long first)
    : JournalException($"Subscription '{name}' of source '{source}' goes on with version {wanted}, but the first event that can be read is {first}: those before it were truncated. Move it to {first} to go on without them.")
{
    /// <summary>The version it wanted.</summary>
    public long Wanted { get; } = wanted;

    /// <summary>The first version that can be read.</summary>
    public long First { get; } = first;
}
