using Orleans.Persist.Azurite;

namespace Orleans.Persist.SiloHost.Tests;

/// <summary>The one Azurite that the tests share, each with tables of its own. It ends with this process.</summary>
internal static class SharedAzurite
{
    private static readonly Lazy<Task<AzuriteServer>> Server = new(() => AzuriteServer.StartAsync());

    public static async Task<string> ConnectionStringAsync() => (await Server.Value).ConnectionString;
}
