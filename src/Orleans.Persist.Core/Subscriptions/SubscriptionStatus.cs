namespace Orleans.Persist.Subscriptions;

/// <summary>Where a subscription stands.</summary>
/// <param name="Incarnation">The incarnation of the source's stream.</param>
/// <param name="Settled">Up to this version every event it gives has been acknowledged.</param>
/// <param name="Next">The next version that it looks at for new events.</param>
/// <param name="Outstanding">How many events were given and are not acknowledged.</param>
/// <param name="Leased">How many of them are somebody's now; the rest is due again.</param>
/// <param name="Behind">How many versions of the source are not settled. Not all of them need be events that it gives.</param>
public sealed record SubscriptionStatus(int Incarnation, long Settled, long Next, int Outstanding, int Leased, long Behind);
