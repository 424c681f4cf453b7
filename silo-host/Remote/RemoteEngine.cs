using System.Runtime.CompilerServices;
using System.Text.Json;
using Orleans.Persist.Sources;

namespace Orleans.Persist.SiloHost.Remote;

/// <summary>The engine of a running host, over HTTP.</summary>
internal sealed class RemoteEngine(HttpClient client) : IPersistEngine, IDisposable
{
    /// <inheritdoc/>
    public ValueTask<IEventSource> GetSourceAsync(string name, CancellationToken cancellationToken = default) => new(new RemoteSource(client, name));

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListSourcesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var response = await client.CallAsync(new HttpRequestMessage(HttpMethod.Get, "/sources"), "", cancellationToken);
        using var document = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellationToken), cancellationToken: cancellationToken);
        foreach (var source in document.RootElement.GetProperty("sources").EnumerateArray())
            yield return source.GetProperty("name").GetString()!;
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();
}
