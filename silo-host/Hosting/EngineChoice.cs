using Orleans.Persist.Hosting;

namespace Orleans.Persist.SiloHost.Hosting;

/// <summary>The one place where the host picks its engine.</summary>
internal static class EngineChoice
{
#if ORLEANS
    /// <summary>The engine where none is named.</summary>
    public const HostEngine Default = HostEngine.Orleans;

    private const string Local = "in-process";
#else
    /// <summary>The engine where none is named.</summary>
    public const HostEngine Default = HostEngine.Local;

    private const string Local = "in-process (built without Orleans)";
#endif

    /// <summary>Which engine it is, for people.</summary>
    public static string Describe(HostEngine engine) => engine is HostEngine.Orleans ? "Orleans silo" : Local;

    /// <summary>Adds the engine to a host.</summary>
    /// <param name="host">The host.</param>
    /// <param name="settings">Which engine, and where it keeps its events.</param>
    /// <param name="configure">Adds sources and sinks.</param>
    /// <param name="wrap">Puts something in front of the storage.</param>
    /// <exception cref="UsageException">This build does not have the engine.</exception>
    public static void Add(IHostApplicationBuilder host, EngineSettings settings, Action<PersistBuilder>? configure = null, Func<IStorage, IStorage>? wrap = null)
    {
        if (settings.Engine is HostEngine.Orleans)
            AddSilo(host, settings, Configure);
        else
            host.Services.AddPersist(Configure);
        host.Services.AddHealthChecks().AddPersist(tags: [WebHost.ReadyTag]);

        void Configure(PersistBuilder persist)
        {
            persist.UseStorage(async (services, cancellationToken) =>
            {
                var storage = await StorageLocation.OpenAsync(services, settings.Data, cancellationToken);
                return wrap?.Invoke(storage) ?? storage;
            });
            configure?.Invoke(persist);
        }
    }

#if ORLEANS
    private static void AddSilo(IHostApplicationBuilder host, EngineSettings settings, Action<PersistBuilder> configure) => HostSilo.Add(host, settings, configure);
#else
    private static void AddSilo(IHostApplicationBuilder host, EngineSettings settings, Action<PersistBuilder> configure) =>
        throw new UsageException("this host was built without Orleans, so it has no engine but 'local'.");
#endif
}
