using Orleans.Persist.Journal;

namespace Orleans.Persist.Subscriptions;

/// <summary>There is no subscription of this name, or no longer.</summary>
public sealed class SubscriptionNotFoundException(string source, string name)
    : JournalException($"Source '{source}' has no subscription '{name}'. Create it first.");
