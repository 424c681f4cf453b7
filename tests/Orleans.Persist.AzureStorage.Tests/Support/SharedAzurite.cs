using System.Globalization;
using Orleans.Persist.Azurite;

namespace Orleans.Persist.AzureStorage.Tests.Support;

/// <summary>The one Azurite that most tests share, each with a table and a container of its own.</summary>
internal static class SharedAzurite
{
    private static readonly Lazy<Task<AzuriteServer>> Server = new(() => AzuriteServer.StartAsync());
    private static int _last;

    public static Task<AzuriteServer> GetAsync() => Server.Value;

    /// <summary>Options for a table and a container that no other test uses.</summary>
    public static async Task<AzureStorageOptions> NewOptionsAsync()
    {
        var server = await GetAsync();
        return Own(new AzureStorageOptions { ConnectionString = server.ConnectionString });
    }

    /// <summary>Gives options a table and a container that no other test uses, and waits that suit a service on the same machine.</summary>
    public static AzureStorageOptions Own(AzureStorageOptions options)
    {
        var number = Interlocked.Increment(ref _last).ToString(CultureInfo.InvariantCulture);
        options.TableName = "Test" + number;
        options.ContainerName = "test-" + number;
        options.PollMinimum = TimeSpan.FromMilliseconds(5);
        options.PollMaximum = TimeSpan.FromMilliseconds(200);
        options.Client.Retry.Delay = TimeSpan.FromMilliseconds(10);
        return options;
    }

    public static async Task StopAsync()
    {
        if (Server.IsValueCreated)
            await (await Server.Value).DisposeAsync();
    }
}
