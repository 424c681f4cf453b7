using Orleans.Persist.Journal;

namespace Orleans.Persist.Subscriptions;

/// <summary>An event given by a subscription.</summary>
/// <param name="Event">The event.</param>
/// <param name="Attempt">How often it has been given since the host started: 1 the first time.</param>
public readonly record struct SubscribedEvent(RecordedEvent Event, int Attempt);
