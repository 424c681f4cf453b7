using Microsoft.Extensions.DependencyInjection;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Persist.Snapshots;
using Orleans.Persist.Sources;
using Orleans.Runtime;

namespace Orleans.Hosting;

/// <summary>Adds Orleans.Persist to a silo.</summary>
public static class PersistSiloBuilderExtensions
{
    /// <summary>Gives the silo a storage, with what else is configured on it. May be called more than once; the last storage named counts.</summary>
    /// <remarks>
    /// Grains get <see cref="IJournal"/>, <see cref="ISnapshotStore"/>, <see cref="IStorage"/> and <see cref="IPersistEngine"/> by injection.
    /// The storage is opened before any grain activates and closed after the last one has deactivated. A silo whose storage cannot be opened does not start.
    /// </remarks>
    /// <param name="builder">The silo.</param>
    /// <param name="configure">Says what storage, sources and sinks there are.</param>
    /// <returns>The silo, for more calls.</returns>
    public static ISiloBuilder AddPersist(this ISiloBuilder builder, Action<PersistBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddPersist(configure);
        if (builder.Services.Any(service => service.ServiceType == typeof(SiloStorage)))
            return builder;

        builder.Services.AddSingleton<SiloStorage>();
        builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(services => services.GetRequiredService<SiloStorage>());
        builder.Services.AddSingleton<IStorage>(services => services.GetRequiredService<SiloStorage>());
        builder.Services.AddSingleton(services => services.GetRequiredService<SiloStorage>().Journal);
        builder.Services.AddSingleton(services => services.GetRequiredService<SiloStorage>().Snapshots);
        return builder;
    }
}
