using System.Text.Json;

namespace Orleans.Persist.Web.Tests.Support;

/// <summary>Reads server-sent events line by line.</summary>
internal sealed class SseReader : IDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _lines;

    private SseReader(HttpResponseMessage response, Stream content) => (_response, _lines) = (response, new StreamReader(content));

    public static async Task<SseReader> OpenAsync(HttpClient client, string path, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", "text/event-stream" } } };
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new SseReader(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>The next line that says something, null at the end.</summary>
    public async Task<string?> LineAsync()
    {
        while (await _lines.ReadLineAsync().WaitAsync(TestHost.Patience) is { } line)
        {
            if (line.Length > 0)
                return line;
        }

        return null;
    }

    /// <summary>The next event's id and content, null at the end.</summary>
    public async Task<(string Id, JsonElement Event)?> NextAsync()
    {
        while (await LineAsync() is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal))
                return (line[4..], JsonDocument.Parse((await LineAsync())!["data: ".Length..]).RootElement);
        }

        return null;
    }

    public void Dispose()
    {
        _lines.Dispose();
        _response.Dispose();
    }
}
