using Microsoft.Extensions.DependencyInjection;
using Orleans.Persist.Hosting;
using Orleans.Persist.Sources;

namespace Orleans.Hosting;

/// <summary>Adds Orleans.Persist to a client of a cluster.</summary>
public static class PersistClientBuilderExtensions
{
    /// <summary>Gives the client an <see cref="IPersistEngine"/>: it publishes to, and reads, the sources of the cluster. The client needs no storage.</summary>
    /// <param name="builder">The client.</param>
    /// <param name="configure">Changes how long calls are repeated.</param>
    /// <returns>The client, for more calls.</returns>
    public static IClientBuilder AddPersist(this IClientBuilder builder, Action<PersistClusterOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddPersistCluster();
        builder.Services.Configure<PersistClusterOptions>(options => configure?.Invoke(options));
        return builder;
    }
}
