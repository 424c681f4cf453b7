using System.Net;
using Orleans.Persist.Web.Tests.Support;
using static Orleans.Persist.Web.Tests.Support.Requests;

namespace Orleans.Persist.Web.Tests.Http;

public sealed class AccessTests
{
    private const string Key = "0123456789abcdef";

    [Theory]
    [InlineData(null, 401)]
    [InlineData("Bearer wrong-0123456789", 401)]
    [InlineData("Basic " + Key, 401)]
    [InlineData("Bearer " + Key, 200)]
    [InlineData("bearer " + Key, 200)]
    public async Task With_keys_configured_one_must_be_shown(string? authorization, int expected)
    {
        await using var host = await TestHost.StartAsync(options => options.ApiKeys = ["another-0123456789", Key]);
        (string, string)[] headers = authorization is null ? [] : [("Authorization", authorization)];

        var answer = await host.Client.FetchAsync("/sources", headers);

        Assert.Equal(expected, (int)answer.Status);
        Assert.Equal(expected == 401 ? 401 : 404, (int)(await host.Client.FetchAsync("/nothing", headers)).Status);
    }

    [Theory]
    [InlineData("Host", "evil.example", 403)]
    [InlineData("Origin", "https://evil.example", 403)]
    [InlineData("Origin", "null", 403)]
    [InlineData("Host", "localhost:1", 200)]
    [InlineData("Host", "[::1]:1", 200)]
    public async Task Without_keys_pages_of_other_sites_are_kept_out(string header, string value, int expected)
    {
        await using var host = await TestHost.StartAsync();

        Assert.Equal(expected, (int)(await host.Client.FetchAsync("/sources", (header, value))).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.FetchAsync("/sources", ("Origin", host.Url.GetLeftPart(UriPartial.Authority)))).Status);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("with a blank 0123456789")]
    public async Task A_key_that_is_none_is_refused_at_the_start(string key)
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => TestHost.StartAsync(options => options.ApiKeys = [key]));

        Assert.Contains("ApiKeys[0]", error.Message);
    }

    [Fact]
    public async Task The_document_describes_every_path()
    {
        await using var host = await TestHost.StartAsync();

        var (status, document) = await host.Client.FetchAsync("/openapi.json");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(
            ["/sources", "/sources/{name}", "/sources/{name}/checkpoint", "/sources/{name}/checkpoints", "/sources/{name}/events", "/sources/{name}/export", "/sources/{name}/query", "/sources/{name}/sinks", "/sources/{name}/state/{projection}", "/sources/{name}/subscriptions"],
            document.GetProperty("paths").EnumerateObject().Select(path => path.Name).Where(name => !name.Contains("{subscription}", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        var events = document.GetProperty("paths").GetProperty("/sources/{name}/events");
        Assert.Contains("Last-Event-ID", events.GetProperty("get").GetRawText());
        Assert.Contains("application/cloudevents-batch+json", events.GetProperty("post").GetRawText());
        Assert.Equal(
            ["Last-Event-ID", "backward", "cursor", "from", "id", "limit", "name", "recordedSince", "recordedUntil", "since", "subject", "subjectPrefix", "tag", "to", "type", "until"],
            events.GetProperty("get").GetProperty("parameters").EnumerateArray().Select(p => p.GetProperty("name").GetString()!).Order(StringComparer.Ordinal));
        var take = document.GetProperty("paths").GetProperty("/sources/{name}/subscriptions/{subscription}/take").GetProperty("post").GetProperty("parameters");
        Assert.Equal(["max", "name", "subscription", "wait"], take.EnumerateArray().Select(p => p.GetProperty("name").GetString()!).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["application/json", "application/x-ndjson", "text/event-stream"],
            events.GetProperty("get").GetProperty("responses").GetProperty("200").GetProperty("content").EnumerateObject().Select(type => type.Name).Order(StringComparer.Ordinal));
        foreach (var operation in document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()).Select(operation => operation.Value))
        {
            foreach (var answer in operation.GetProperty("responses").EnumerateObject().Where(answer => answer.Name != "204"))
                Assert.NotEmpty(answer.Value.GetProperty("content").EnumerateObject());
            Assert.Superset(new HashSet<string> { "401", "403", "500", "503" }, operation.GetProperty("responses").EnumerateObject().Select(answer => answer.Name).ToHashSet());
        }
    }

    [Fact]
    public async Task The_page_needs_no_key_loads_nothing_from_elsewhere_and_asks_only_for_what_there_is()
    {
        await using var host = await TestHost.StartAsync(options => options.ApiKeys = [Key]);

        using var response = await host.Client.GetAsync(new Uri("/", UriKind.Relative));
        var page = await response.Content.ReadAsStringAsync();

        Assert.Equal((HttpStatusCode.OK, "text/html"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Contains("default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single());
        Assert.DoesNotContain("http://", page);
        Assert.DoesNotContain("https://", page);
        Assert.DoesNotContain("innerHTML", page);
        Assert.Contains("/sources", page);
    }
}
