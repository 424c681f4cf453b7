namespace Orleans.Persist.SiloHost.Hosting;

/// <summary>Starts hosts whole or not at all.</summary>
internal static class HostStart
{
    /// <summary>Starts a host; where a part of it does not start, stops those that did.</summary>
    /// <remarks>A silo that is only disposed of goes on for a while without its services, and logs each that it misses.</remarks>
    public static async Task StartOrStopAsync(this IHost host, CancellationToken cancellationToken)
    {
        try
        {
            await host.StartAsync(cancellationToken);
        }
        catch
        {
            // What failed is to be told, not that something which never ran cannot be stopped.
            await host.StopAsync(CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }
}
