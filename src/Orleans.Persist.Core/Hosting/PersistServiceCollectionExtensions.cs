using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Persist.Sources;

namespace Orleans.Persist.Hosting;

/// <summary>Adds the in-process engine to a host.</summary>
public static class PersistServiceCollectionExtensions
{
    /// <summary>Adds the engine, its sources and its sinks; the host starts and stops them. May be called more than once.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Says what storage, sources and sinks there are.</param>
    /// <remarks>Injectable then: <see cref="PersistEngine"/> and <see cref="IPersistEngine"/>, and <see cref="Projections.StateReader"/>. A <see cref="TimeProvider"/> among the services is used.</remarks>
    public static IServiceCollection AddPersist(this IServiceCollection services, Action<PersistBuilder> configure)
    {
        services.AddPersistOptions(configure);
        services.TryAddSingleton(NewEngine);
        services.TryAddSingleton<IPersistEngine>(provider => provider.GetRequiredService<PersistEngine>());
        services.TryAddSingleton(provider => provider.GetRequiredService<PersistEngine>().Subscriptions);
        services.TryAddSingleton(provider => provider.GetRequiredService<PersistEngine>().States);
        services.TryAddSingleton<IEngineHealth>(provider => provider.GetRequiredService<PersistEngine>());
        services.TryAddSingleton<IScopedStoreHost>(provider => provider.GetRequiredService<PersistEngine>());
        services.AddHostedService<PersistHostedService>();
        return services;
    }

    /// <summary>What every engine is configured with, whatever runs it.</summary>
    internal static void AddPersistOptions(this IServiceCollection services, Action<PersistBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<PersistEngineOptions>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<EventSourceOptions>, EventSourceOptionsValidator>());
        configure(new PersistBuilder(services));
    }

    /// <summary>The engine's options, with the storage that is configured.</summary>
    /// <exception cref="InvalidOperationException">None is.</exception>
    internal static PersistEngineOptions GetEngineOptions(this IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<PersistEngineOptions>>().Value;
        if (options.OpenStorage is null)
        {
            var open = services.GetService<StorageFactory>()
                ?? throw new InvalidOperationException($"No storage is configured: call {nameof(PersistBuilder.UseMemory)}, {nameof(PersistBuilder.UseStorage)} or a plug-in's method in {nameof(AddPersist)}.");
            options.OpenStorage = cancellationToken => open(services, cancellationToken);
        }

        return options;
    }

    private static PersistEngine NewEngine(IServiceProvider services)
    {
        var engine = new PersistEngine(
            services.GetEngineOptions(),
            services.GetService<TimeProvider>(),
            services.GetService<ILoggerFactory>(),
            services.GetRequiredService<IOptionsMonitor<EventSourceOptions>>().Get);
        foreach (var setup in services.GetServices<SourceSetup>())
            engine.AddSource(setup.Source);
        foreach (var setup in services.GetServices<SinkSetup>())
            engine.AddSink(setup.Source, setup.Make(services)());
        foreach (var setup in services.GetServices<ProcessSetup>())
            engine.AddProcess(setup.Make(services));
        if (services.GetService<ScopedStoreSetup>() is { } scoped)
            engine.AddScopedStore(scoped.Options);
        return engine;
    }
}
