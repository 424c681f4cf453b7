namespace Orleans.Persist.Web.Http;

/// <summary>The names of a source's subscriptions.</summary>
internal sealed record SubscriptionList(string Source, IReadOnlyList<string> Subscriptions);
