using Orleans.Persist.Hosting;

namespace Orleans.Persist.SiloHost.Hosting;

/// <summary>The one place where the host picks its engine.</summary>
internal static class EngineChoice
{
#if ORLEANS
    /// <summary>Which engine it is, for people.</summary>
    public const string Description = "in-process (built with Orleans, which does not host it yet)";
#else
    /// <summary>Which engine it is, for people.</summary>
    public const string Description = "in-process (built without Orleans)";
#endif

    /// <summary>Adds the engine, on a storage.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="data">Where the events are kept.</param>
    /// <param name="configure">Adds sources and sinks.</param>
    /// <param name="wrap">Puts something in front of the storage.</param>
    public static void Add(IServiceCollection services, string data, Action<PersistBuilder>? configure = null, Func<IStorage, IStorage>? wrap = null)
    {
        services.AddPersist(persist =>
        {
            persist.UseStorage(async (provider, cancellationToken) =>
            {
                var storage = await StorageLocation.OpenAsync(provider, data, cancellationToken);
                return wrap?.Invoke(storage) ?? storage;
            });
            configure?.Invoke(persist);
        });
        services.AddHealthChecks().AddCheck<EngineHealthCheck>("engine", tags: [EngineHealthCheck.ReadyTag]);
    }
}
