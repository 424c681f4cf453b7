using System.Net.Http.Headers;

namespace Orleans.Persist.SiloHost.Remote;

/// <summary>A running host that a command works on.</summary>
/// <param name="Url">Its address.</param>
/// <param name="Key">The key to show it, if any.</param>
internal sealed record RemoteTarget(Uri Url, string? Key)
{
    /// <summary>The environment variable with the key.</summary>
    public const string KeyVariable = "PERSIST_API_KEY";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(100);

    /// <summary>A client of the host. Its time limit is for answers to begin; what is streamed may take longer.</summary>
    public HttpClient CreateClient()
    {
        var client = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(10), UseCookies = false, AllowAutoRedirect = false })
        {
            BaseAddress = Url,
            Timeout = Timeout,
        };
        if (Key is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        return client;
    }
}
