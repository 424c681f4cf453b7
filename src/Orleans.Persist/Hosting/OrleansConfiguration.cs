using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Persist.Sources;

namespace Orleans.Persist.Hosting;

/// <summary>The part of a silo's configuration that is about Orleans.Persist: <c>Orleans:Persist</c>.</summary>
internal static class OrleansConfiguration
{
    private const string Section = "Orleans:Persist";

    public static void Bind(PersistBuilder persist, IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        persist.Services.Configure<PersistClusterOptions>(section.GetSection("Cluster").Bind);
        foreach (var source in section.GetSection("Sources").GetChildren())
        {
            persist.AddEventSource(source.Key);
            persist.Services.Configure<EventSourceOptions>(source.Key, source.Bind);
        }
    }
}
