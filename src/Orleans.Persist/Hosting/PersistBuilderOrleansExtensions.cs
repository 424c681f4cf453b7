using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Persist.Objects;
using Orleans.Persist.Sources;
using Orleans.Runtime;

namespace Orleans.Persist.Hosting;

/// <summary>What can be configured on a silo only.</summary>
public static class PersistBuilderOrleansExtensions
{
    /// <summary>Changes how sources and sinks on the cluster look after each other.</summary>
    public static PersistBuilder ConfigureCluster(this PersistBuilder builder, Action<PersistClusterOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Configure(configure);
        return builder;
    }

    /// <summary>Has a sink grain be active from the silo's start on, and so known to its source. (Any call to it would do that too.)</summary>
    /// <typeparam name="TGrain">The grain's interface; its class derives from <see cref="EventSinkGrain{TState}"/>.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="source">The source that it listens to.</param>
    /// <param name="key">The grain's key.</param>
    public static PersistBuilder AddSinkGrain<TGrain>(this PersistBuilder builder, string source, string key)
        where TGrain : IGrainWithStringKey
    {
        ArgumentNullException.ThrowIfNull(builder);
        SystemNames.ValidateUserName(source, "source");
        ArgumentException.ThrowIfNullOrEmpty(key);
        builder.Services.AddSingleton(new SinkGrainSetup(source, $"{typeof(TGrain).Name}/{key}", grains => grains.GetGrain<TGrain>(key).AsReference<ISinkControl>()));
        return builder;
    }

    /// <summary>Says what kind of object store <see cref="IObjectStoreGrain{T}"/> opens under a name.</summary>
    public static PersistBuilder AddObjectStore<T>(this PersistBuilder builder, string name, Action<ObjectStoreOptions<T>> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        SystemNames.ValidateUserName(name, "object store");
        builder.Services.Configure(name, configure);
        builder.Services.AddTransient<IConfigurationValidator>(services =>
            new ObjectStoreConfigurationValidator<T>(services.GetRequiredService<IOptionsFactory<ObjectStoreOptions<T>>>(), name));
        return builder;
    }
}
