using Orleans.Persist.Scopes;

namespace Orleans.Persist.Hosting;

/// <summary>Whoever opens the scoped store of a host.</summary>
internal interface IScopedStoreHost
{
    /// <summary>The store.</summary>
    /// <exception cref="InvalidOperationException">It is not open (any more, or yet).</exception>
    IScopedStore ScopedStore { get; }
}
