#if ORLEANS
using Orleans.Hosting;
using Orleans.Persist.Hosting;

namespace Orleans.Persist.SiloHost.Hosting;

/// <summary>The silo that this program is.</summary>
internal static class HostSilo
{
    /// <summary>The cluster that silos on the same machine form.</summary>
    public const string ClusterName = "silo-host";

    private const string Clustering = "Orleans:Clustering";

    /// <summary>Adds it: in a cluster by itself or with silos on the same machine, unless the configuration names a clustering provider.</summary>
    /// <exception cref="UsageException">Several silos are meant to work, but not with a storage that they share.</exception>
    public static void Add(IHostApplicationBuilder host, EngineSettings settings, Action<PersistBuilder> configure)
    {
        var configured = host.Configuration.GetSection(Clustering).Exists();
        if (!settings.SharesStorage && (configured || settings.Primary is not null))
        {
            // Each silo would have events of its own.
            throw new UsageException(
                $"an embedded directory belongs to one silo, so this one cannot join others ({(configured ? $"the configuration has {Clustering}" : "--primary")}); they need a storage that they share.");
        }

        if (configured && (settings.SiloPort != 0 || settings.GatewayPort != 0 || settings.Primary is not null))
            throw new UsageException($"the configuration has {Clustering}, and --silo-port, --gateway-port and --primary are for clusters without; give the ports as Orleans:Endpoints:SiloPort and Orleans:Endpoints:GatewayPort.");

        UseOrleans(host, silo =>
        {
            if (!configured)
            {
                var ports = FreePort.For(settings.SiloPort, settings.GatewayPort);
                silo.UseLocalhostClustering(ports[0], ports[1], settings.Primary, ClusterName, ClusterName);
            }

            silo.AddPersist(configure);
        });
    }

    private static void UseOrleans(IHostApplicationBuilder host, Action<ISiloBuilder> configure)
    {
        try
        {
            host.UseOrleans(configure);
        }
        catch (InvalidOperationException e) when (host.Configuration[$"{Clustering}:ProviderType"] is { } provider && e.Message.Contains($"'{provider}'", StringComparison.Ordinal))
        {
            throw new UsageException($"the configuration has {Clustering}:ProviderType={provider}, which this program was built without; reference the package that brings it (docs/orleans.md). {e.Message}");
        }
    }
}
#endif
