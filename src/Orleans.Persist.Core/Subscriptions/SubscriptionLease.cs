namespace Orleans.Persist.Subscriptions;

/// <summary>Events that were taken from a subscription.</summary>
/// <param name="Id">The lease's id; empty where there are no events.</param>
/// <param name="Incarnation">The incarnation of the source's stream.</param>
/// <param name="Until">When those that are not acknowledged become due again, unless the lease is extended.</param>
/// <param name="Events">The events, in the order of their versions.</param>
public sealed record SubscriptionLease(string Id, int Incarnation, DateTimeOffset Until, IReadOnlyList<SubscribedEvent> Events);
