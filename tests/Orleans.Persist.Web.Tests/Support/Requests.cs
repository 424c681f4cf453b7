using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Orleans.Persist.Web.Tests.Support;

/// <summary>Requests as curl would make them.</summary>
internal static class Requests
{
    public const string Structured = "application/cloudevents+json";
    public const string Batch = "application/cloudevents-batch+json";

    public static string Event(string id, string type = "t", string? subject = null, string more = "") =>
        $$"""{"specversion":"1.0","id":"{{id}}","source":"tests","type":"{{type}}"{{(subject is null ? "" : $",\"subject\":\"{subject}\"")}}{{more}}}""";

    public static string BatchOf(int first, int last) => $"[{string.Join(',', Enumerable.Range(first, last - first + 1).Select(i => Event(i.ToString(System.Globalization.CultureInfo.InvariantCulture))))}]";

    public static async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(
        this HttpClient client, string path, string? body = null, string mediaType = "application/json", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        if (body is not null)
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = MediaTypeHeaderValue.Parse(mediaType) } };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await client.AnswerAsync(request);
    }

    public static Task<(HttpStatusCode Status, JsonElement Body)> PublishAsync(this HttpClient client, string source, string body, string mediaType = Batch, params (string Name, string Value)[] headers) =>
        client.PostAsync($"/sources/{Uri.EscapeDataString(source)}/events", body, mediaType, headers);

    public static async Task<(HttpStatusCode Status, JsonElement Body)> FetchAsync(this HttpClient client, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await client.AnswerAsync(request);
    }

    public static async Task<(HttpStatusCode Status, JsonElement Body)> AnswerAsync(this HttpClient client, HttpRequestMessage request)
    {
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        if ((int)response.StatusCode >= 400)
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        return (response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    /// <summary>Asserts that an answer is a problem document of a kind, with a detail.</summary>
    public static void IsProblem((HttpStatusCode Status, JsonElement Body) answer, int status, string code, string detail)
    {
        Assert.Equal(status, (int)answer.Status);
        Assert.Equal(status, answer.Body.GetProperty("status").GetInt32());
        Assert.Equal("urn:orleans-persist:problem:" + code, answer.Body.GetProperty("type").GetString());
        Assert.Contains(detail, answer.Body.GetProperty("detail").GetString());
    }

    public static IEnumerable<long> Sequences(JsonElement page) =>
        page.GetProperty("events").EnumerateArray().Select(e => long.Parse(e.GetProperty("sequence").GetString()!, System.Globalization.CultureInfo.InvariantCulture));
}
