namespace Orleans.Persist.Web;

/// <summary>Bounds and credentials of the web face.</summary>
public sealed class PersistWebOptions
{
    /// <summary>The keys that callers may show (<c>Authorization: Bearer KEY</c>). Without any, nobody has to; a host must then listen on loopback only. Each has 16 characters or more.</summary>
    public IReadOnlyList<string> ApiKeys { get; set; } = [];

    /// <summary>The most bytes of a request's body. Default 8 MiB, above 0.</summary>
    public long MaxBodyBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>The most events of one batch. Default 10,000, above 0; the journal's own bound also holds.</summary>
    public int MaxBatchEvents { get; set; } = 10_000;

    /// <summary>The most events of one page. Default 1,000, above 0.</summary>
    public int MaxPageEvents { get; set; } = 1_000;

    /// <summary>How many events a page has where the request does not say. Default 100, from 1 to <see cref="MaxPageEvents"/>.</summary>
    public int DefaultPageEvents { get; set; } = 100;

    /// <summary>The most live streams (server-sent events) and waiting readers of subscriptions at once. Default 1,000, above 0.</summary>
    public int MaxLiveRequests { get; set; } = 1_000;

    /// <summary>The longest that a request may wait for the journal before it is answered with 503. Live streams are not bounded by it. Default 30 seconds, above 0.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>After so long without an event, a live stream says that it is alive. Default 15 seconds, above 0.</summary>
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(15);
}
