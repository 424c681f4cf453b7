using Orleans.Persist.Journal;

namespace Orleans.Persist.Subscriptions;

/// <summary>There is a subscription of this name that gives something else.</summary>
public sealed class SubscriptionExistsException(string source, string name)
    : JournalException($"Source '{source}' has a subscription '{name}' already, with other conditions, lease time or bound. Delete it first, or take another name.");
