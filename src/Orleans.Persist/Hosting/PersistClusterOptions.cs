namespace Orleans.Persist.Hosting;

/// <summary>How sources and sinks on a cluster look after each other, and how long calls to them are repeated.</summary>
public sealed class PersistClusterOptions
{
    /// <summary>How often a source looks after those of its sinks that are behind, and has them activated again where their silo is gone. Above 0. Default 5 seconds.</summary>
    public TimeSpan SinkCheckInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long publishing is repeated while the cluster does not answer (only where the events have ids or a producer's number), and how long calls of the scoped store may take. Above 0. Default 30 seconds.</summary>
    public TimeSpan PublishTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long the scoped store's grains answer loads from memory without asking the journal whether they are still the only ones. Only where the cluster has given up
    /// a silo that still runs can two be, and loads be so much behind. From 0, with which every load asks. Default 1 second.
    /// </summary>
    public TimeSpan ScopeCheckInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest that a silo's start waits for its configured sinks to import. What takes longer goes on behind it. Above 0. Default 1 minute.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromMinutes(1);
}
