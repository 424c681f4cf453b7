using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Orleans.Persist.Client;

/// <summary>Adds a client of the scoped store to a host.</summary>
public static class EventStoreServiceCollectionExtensions
{
    /// <summary>Adds one <see cref="EventStoreClient"/> for all, which connects with its first call and is disposed of with the container.</summary>
    /// <param name="services">The host's services. A <see cref="TimeProvider"/> among them is used.</param>
    /// <param name="configure">Sets the options, which can also be bound: <c>services.Configure&lt;EventStoreClientOptions&gt;(section)</c>.</param>
    public static IServiceCollection AddEventStoreClient(this IServiceCollection services, Action<EventStoreClientOptions>? configure = null)
    {
        var builder = services.AddOptions<EventStoreClientOptions>().Configure<IServiceProvider>(
            (options, provider) => options.TimeProvider = provider.GetService<TimeProvider>() ?? options.TimeProvider);
        if (configure is not null)
            builder.Configure(configure);
        services.TryAddSingleton(provider => new EventStoreClient(provider.GetRequiredService<IOptions<EventStoreClientOptions>>().Value).ConnectLater());
        return services;
    }
}
