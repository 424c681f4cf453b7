using Orleans.Persist.Azurite;
using Orleans.Persist.SiloHost.Hosting;

namespace Orleans.Persist.SiloHost.Demo;

/// <summary>A new table for a demo: in the storage account whose connection string is given, or in an Azurite that runs as long as the demo.</summary>
internal sealed class DemoAzure : IAsyncDisposable
{
    private readonly AzuriteServer? _azurite;

    private DemoAzure(string? location, AzuriteServer? azurite) => (Location, _azurite) = (location ?? StorageLocation.Azure($"Demo{Guid.NewGuid():N}"), azurite);

    /// <summary>The table.</summary>
    public string Location { get; }

    /// <param name="location">The table, if one is named.</param>
    /// <param name="say">Prints what happens.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="CommandException">There is no connection string, and Azurite cannot run here.</exception>
    public static async Task<DemoAzure> StartAsync(string? location, Action<string> say, CancellationToken cancellationToken)
    {
        if (StorageLocation.ConnectionString() is not null)
            return new DemoAzure(location, null);
        try
        {
            say("no connection string is given, so Azurite is started (the first time it is installed from tests/azurite)");
            var azurite = await AzuriteServer.StartAsync(cancellationToken: cancellationToken);
            StorageLocation.SetConnectionString(azurite.ConnectionString);
            return new DemoAzure(location, azurite);
        }
        catch (InvalidOperationException e)
        {
            throw new CommandException($"{e.Message} Or give a --connection-string.");
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _azurite?.DisposeAsync() ?? default;
}
