using Microsoft.Extensions.DependencyInjection;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Persist.Snapshots;
using Orleans.Runtime;

namespace Orleans.Hosting;

/// <summary>Adds Orleans.Persist to a silo.</summary>
public static class PersistSiloBuilderExtensions
{
    /// <summary>Gives the silo a journal and a snapshot store, which grains get by injection of <see cref="IJournal"/>, <see cref="ISnapshotStore"/> or <see cref="IStorage"/>.</summary>
    /// <remarks>The storage is opened before any grain activates and closed after the last one has deactivated. A silo whose storage cannot be opened does not start.</remarks>
    /// <param name="builder">The silo.</param>
    /// <param name="open">Opens the storage; called once per silo, as it starts. What it returns is the silo's own, which closes it.</param>
    /// <returns>The silo, for more calls.</returns>
    /// <exception cref="InvalidOperationException">The silo has a storage already.</exception>
    public static ISiloBuilder AddPersist(this ISiloBuilder builder, Func<IServiceProvider, CancellationToken, ValueTask<IStorage>> open)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(open);
        if (builder.Services.Any(service => service.ServiceType == typeof(SiloStorage)))
            throw new InvalidOperationException("AddPersist was called twice on this silo: it has one storage.");

        builder.Services.AddSingleton(services => new SiloStorage(cancellationToken => open(services, cancellationToken)));
        builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(services => services.GetRequiredService<SiloStorage>());
        builder.Services.AddSingleton<IStorage>(services => services.GetRequiredService<SiloStorage>());
        builder.Services.AddSingleton(services => services.GetRequiredService<SiloStorage>().Journal);
        builder.Services.AddSingleton(services => services.GetRequiredService<SiloStorage>().Snapshots);
        return builder;
    }

    /// <inheritdoc cref="AddPersist(ISiloBuilder, Func{IServiceProvider, CancellationToken, ValueTask{IStorage}})"/>
    public static ISiloBuilder AddPersist(this ISiloBuilder builder, Func<IServiceProvider, IStorage> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        return builder.AddPersist((services, _) => ValueTask.FromResult(open(services)));
    }
}
