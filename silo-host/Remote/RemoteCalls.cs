namespace Orleans.Persist.SiloHost.Remote;

/// <summary>Calls of a host whose errors are told as those of any command.</summary>
internal static class RemoteCalls
{
    /// <summary>Sends a request, and gives the answer once it begins.</summary>
    /// <exception cref="CommandException">The host cannot be reached.</exception>
    public static async Task<HttpResponseMessage> ReachAsync(this HttpClient client, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw new CommandException($"{client.BaseAddress}: {e.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CommandException($"{client.BaseAddress} has not answered within {client.Timeout.TotalSeconds:N0} seconds.");
        }
    }

    /// <summary>Sends a request that must succeed.</summary>
    /// <inheritdoc cref="ReachAsync"/>
    public static async Task<HttpResponseMessage> CallAsync(this HttpClient client, HttpRequestMessage request, string stream, CancellationToken cancellationToken)
    {
        var response = await client.ReachAsync(request, cancellationToken);
        try
        {
            await RemoteProblem.ThrowIfFailedAsync(response, stream, cancellationToken);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }
}
