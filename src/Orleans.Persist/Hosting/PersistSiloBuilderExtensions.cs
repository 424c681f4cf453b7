using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Persist.LogConsistency;
using Orleans.Persist.Objects;
using Orleans.Persist.Projections;
using Orleans.Persist.Scopes;
using Orleans.Persist.Snapshots;
using Orleans.Persist.Sources;
using Orleans.Persist.Subscriptions;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Orleans.Hosting;

/// <summary>Adds Orleans.Persist to a silo.</summary>
public static class PersistSiloBuilderExtensions
{
    /// <summary>Gives the silo a storage, event sources, sinks, and what else is configured on it. May be called more than once; the last storage named counts.</summary>
    /// <remarks>
    /// <para>Grains get <see cref="IPersistEngine"/>, <see cref="IJournal"/>, <see cref="ISnapshotStore"/>, <see cref="IStorage"/> and <see cref="ObjectStores"/> by injection.
    /// The storage is opened before any grain activates and closed after the last one has deactivated. A silo whose storage cannot be opened does not start.</para>
    /// <para>All silos of a cluster must be configured with the same sources and sinks, and with one storage that they share. Options are checked when the silo starts.
    /// What the silo's configuration has under <c>Orleans:Persist</c> is bound: <c>Sources:NAME</c> to the <see cref="EventSourceOptions"/> of a source (which is then configured), <c>Cluster</c> to <see cref="PersistClusterOptions"/>.
    /// Log-consistency providers that it names under <c>Orleans:LogConsistency</c> are added.</para>
    /// </remarks>
    /// <param name="builder">The silo.</param>
    /// <param name="configure">Says what storage, sources and sinks there are.</param>
    /// <returns>The silo, for more calls.</returns>
    public static ISiloBuilder AddPersist(this ISiloBuilder builder, Action<PersistBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddPersistOptions(configure);
        if (services.Any(service => service.ServiceType == typeof(SiloStorage)))
            return builder;

        services.AddPersistOptions(persist => OrleansConfiguration.Bind(persist, builder.Configuration));
        LogConsistencyConfiguration.Apply(builder);
        services.AddPersistCluster();
        services.AddPersistentGrains();
        services.AddSingleton<SiloSources>();
        services.AddSingleton<SiloSinks>();
        services.AddSingleton<SiloStorage>();
        services.AddSingleton<SiloEngine>();
        services.AddSingleton<IEngineHealth>(provider => provider.GetRequiredService<SiloEngine>());
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<SiloStorage>());
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<SiloEngine>());
        services.AddSingleton<IStorage>(provider => provider.GetRequiredService<SiloStorage>());
        services.AddSingleton(provider => provider.GetRequiredService<SiloStorage>().Journal);
        services.AddSingleton(provider => provider.GetRequiredService<SiloStorage>().Snapshots);
        services.AddSingleton(provider => new ObjectStores(
            provider.GetRequiredService<IStorage>(), provider.GetService<TimeProvider>(), provider.GetService<ILogger<ObjectStores>>()));
        services.AddSingleton<IScopedStoreHost>(provider => provider.GetRequiredService<ClusterScopedStore>());
        services.AddSingleton<SiloScopes>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<SiloScopes>());
        services.TryAddSingleton<INamedSubscriptions>(provider =>
        {
            var sources = provider.GetRequiredService<SiloSources>();
            return new NamedSubscriptions(() => sources.Storage.Journal, sources.IsVolatile, sources.Time);
        });
        services.TryAddSingleton(provider =>
        {
            var sources = provider.GetRequiredService<SiloSources>();
            return new StateReader(() => sources.Storage.Snapshots, sources.Time, provider.GetRequiredService<ILogger<StateReader>>());
        });
        services.AddTransient<IConfigurationValidator, PersistConfigurationValidator>();
        return builder;
    }

    /// <summary>What silos and clients have in common.</summary>
    internal static void AddPersistCluster(this IServiceCollection services)
    {
        services.AddOptions<PersistClusterOptions>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PersistClusterOptions>, PersistClusterOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Transient<IConfigurationValidator, PersistClusterConfigurationValidator>());
        services.Configure<ExceptionSerializationOptions>(options => options.SupportedNamespacePrefixes.Add("Orleans.Persist"));
        services.TryAddSingleton<IPersistEngine>(provider => new ClusterEngine(
            provider.GetRequiredService<IGrainFactory>(),
            provider.GetRequiredService<IOptions<PersistClusterOptions>>(),
            provider.GetService<TimeProvider>() ?? TimeProvider.System,
            provider.GetService<SiloSources>()));
        services.TryAddSingleton(provider => new ClusterScopedStore(
            provider.GetRequiredService<IGrainFactory>(),
            provider.GetRequiredService<IOptions<PersistClusterOptions>>(),
            provider.GetService<TimeProvider>() ?? TimeProvider.System));
    }
}
