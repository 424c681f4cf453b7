using System.Net;
using System.Text.Json;
using Orleans.Persist.Audit;
using Orleans.Persist.Web.Tests.Support;
using static Orleans.Persist.Web.Tests.Support.Requests;

namespace Orleans.Persist.Web.Tests.Http;

[Trait("Requirement", "s.8")]
public sealed class CheckpointTests
{
    [Fact]
    public async Task A_checkpoint_is_taken_of_now_or_of_a_version_and_is_that_of_the_source()
    {
        await using var host = await TestHost.StartAsync();
        await host.Client.PublishAsync("s", BatchOf(1, 5));

        var third = AuditCheckpoint.Parse(await TakeAsync(host, "?version=3"));
        var newest = AuditCheckpoint.Parse(await TakeAsync(host, ""));
        var (_, list) = await host.Client.FetchAsync("/sources/s/checkpoints");

        Assert.Equal((3, 5), (third.Version, newest.Version));
        Assert.Equal(newest, await host.Engine.GetSource("s").Audit.TakeAsync(5));
        Assert.Equal([third, newest], list.GetProperty("checkpoints").EnumerateArray().Select(checkpoint => AuditCheckpoint.Parse(checkpoint.GetRawText())));
    }

    [Theory]
    [InlineData("s", "?version=6", 400, "bad-request", "no version 6")]
    [InlineData("s", "?version=0", 400, "bad-request", "no version 0")]
    [InlineData("other", "", 404, "source-not-found", "'other'")]
    public async Task What_cannot_be_given_is_told(string source, string query, int status, string code, string detail)
    {
        await using var host = await TestHost.StartAsync();
        await host.Client.PublishAsync("s", BatchOf(1, 5));

        using var response = await host.Client.PostAsync(new Uri($"/sources/{source}/checkpoint{query}", UriKind.Relative), null);
        IsProblem((response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement), status, code, detail);
    }

    [Theory]
    [InlineData("events?typ=a", "'typ'")]
    [InlineData("state/counts?as=3", "'as'")]
    [Trait("Requirement", "s.5")]
    public async Task A_condition_that_is_misspelled_is_not_taken_for_none(string path, string detail)
    {
        await using var host = await TestHost.StartAsync();
        await host.Client.PublishAsync("s", BatchOf(1, 5));

        IsProblem(await host.Client.FetchAsync($"/sources/s/{path}"), 400, "bad-request", detail);
    }

    private static async Task<string> TakeAsync(TestHost host, string query)
    {
        using var response = await host.Client.PostAsync(new Uri($"/sources/s/checkpoint{query}", UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }
}
