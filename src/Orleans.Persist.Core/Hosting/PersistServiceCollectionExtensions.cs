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
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<PersistEngineOptions>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<EventSourceOptions>, EventSourceOptionsValidator>());
        services.TryAddSingleton(NewEngine);
        services.TryAddSingleton<IPersistEngine>(provider => provider.GetRequiredService<PersistEngine>());
        services.TryAddSingleton(provider => provider.GetRequiredService<PersistEngine>().Subscriptions);
        services.TryAddSingleton(provider => provider.GetRequiredService<PersistEngine>().States);
        services.AddHostedService<PersistHostedService>();
        configure(new PersistBuilder(services));
        return services;
    }

    private static PersistEngine NewEngine(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<PersistEngineOptions>>().Value;
        if (options.OpenStorage is null)
        {
            var open = services.GetService<StorageFactory>()
                ?? throw new InvalidOperationException($"No storage is configured: call {nameof(PersistBuilder.UseMemory)}, {nameof(PersistBuilder.UseStorage)} or a plug-in's method in {nameof(AddPersist)}.");
            options.OpenStorage = cancellationToken => open(services, cancellationToken);
        }

        var engine = new PersistEngine(
            options,
            services.GetService<TimeProvider>(),
            services.GetService<ILoggerFactory>(),
            services.GetRequiredService<IOptionsMonitor<EventSourceOptions>>().Get);
        foreach (var setup in services.GetServices<EngineSetup>())
            setup.Apply(services, engine);
        return engine;
    }
}
