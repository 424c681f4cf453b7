using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Persist.Grains;
using Orleans.Persist.Sources;

namespace Orleans.Persist.Hosting;

/// <summary>The part of a silo's or client's configuration that is about Orleans.Persist: <c>Orleans:Persist</c>.</summary>
internal static class OrleansConfiguration
{
    private const string Section = "Orleans:Persist";

    /// <summary>What silos and clients have in common.</summary>
    public static void BindCluster(this IServiceCollection services, IConfiguration configuration) =>
        services.Configure<PersistClusterOptions>(configuration.GetSection($"{Section}:Cluster").Bind);

    public static void Bind(PersistBuilder persist, IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        persist.Services.BindCluster(configuration);
        persist.Services.Configure<PersistentGrainOptions>(section.GetSection("Grains").Bind);
        foreach (var source in section.GetSection("Sources").GetChildren())
        {
            persist.AddEventSource(source.Key);
            persist.Services.Configure<EventSourceOptions>(source.Key, source.Bind);
        }
    }
}
