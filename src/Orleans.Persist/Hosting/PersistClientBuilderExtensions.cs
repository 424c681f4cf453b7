using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Persist.Hosting;
using Orleans.Persist.Scopes;
using Orleans.Persist.Sources;

namespace Orleans.Hosting;

/// <summary>Adds Orleans.Persist to a client of a cluster.</summary>
public static class PersistClientBuilderExtensions
{
    /// <summary>Gives the client an <see cref="IPersistEngine"/>, which publishes to and reads the sources of the cluster, and its <see cref="IScopedStore"/>. The client needs no storage.</summary>
    /// <remarks>What the client's configuration has under <c>Orleans:Persist:Cluster</c> is bound to <see cref="PersistClusterOptions"/>. They are checked when the client starts.</remarks>
    /// <param name="builder">The client.</param>
    /// <param name="configure">Changes how long calls are repeated.</param>
    /// <returns>The client, for more calls.</returns>
    public static IClientBuilder AddPersist(this IClientBuilder builder, Action<PersistClusterOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddPersistCluster();
        builder.Services.TryAddSingleton<IScopedStore>(provider => provider.GetRequiredService<ClusterScopedStore>());
        builder.Services.BindCluster(builder.Configuration);
        builder.Services.Configure<PersistClusterOptions>(options => configure?.Invoke(options));
        return builder;
    }
}
