using System.Net;
using System.Text;
using System.Text.Json;
using Orleans.Persist.TestKit;
using Orleans.Persist.Web.Tests.Support;
using static Orleans.Persist.Web.Tests.Support.Requests;

namespace Orleans.Persist.Web.Tests.Http;

public sealed class SubscriptionHttpTests : IAsyncLifetime
{
    private const string Path = "/sources/s/subscriptions/r%2F1";
    private readonly ManualTimeProvider _time = new();
    private TestHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync(time: _time);
        await _host.Client.PublishAsync("s", BatchOf(1, 10));
    }

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task Take_and_acknowledge_move_the_place_and_the_rest_comes_again()
    {
        Assert.Equal(HttpStatusCode.OK, (await PutAsync(Path)).Status);
        var (_, lease) = await _host.Client.PostAsync(Path + "/take?max=4");
        var (_, acknowledged) = await AcknowledgeAsync(1, 1, 2, 4);
        var (_, status) = await _host.Client.FetchAsync(Path);
        _time.Advance(TimeSpan.FromSeconds(30));
        var (_, again) = await _host.Client.PostAsync(Path + "/take?max=3");

        Assert.Equal([1, 2, 3, 4], Sequences(lease));
        Assert.Equal(3, acknowledged.GetProperty("acknowledged").GetInt32());
        Assert.Equal((2, 5, 1, 8), (Number(status, "settled"), Number(status, "next"), Number(status, "outstanding"), Number(status, "behind")));
        Assert.Equal([3, 5, 6], Sequences(again));
        Assert.Equal("[2,1,1]", again.GetProperty("attempts").GetRawText());
        Assert.Equal("r/1", status.GetProperty("name").GetString());
    }

    [Fact]
    public async Task Take_waits_until_something_is_published()
    {
        await PutAsync(Path, """{"from":"end"}""");
        var waiting = _host.Client.PostAsync(Path + "/take?wait=300");

        await _host.Client.PublishAsync("s", BatchOf(11, 12));

        Assert.Equal([11], Sequences((await waiting).Body).Take(1));
    }

    [Fact]
    public async Task Leases_are_extended_and_given_back()
    {
        await PutAsync(Path, """{"leaseSeconds":10}""");
        var first = (await _host.Client.PostAsync(Path + "/take?max=2")).Body.GetProperty("lease").GetString();
        var second = (await _host.Client.PostAsync(Path + "/take?max=2")).Body.GetProperty("lease").GetString();
        _time.Advance(TimeSpan.FromSeconds(8));

        Assert.Equal(HttpStatusCode.OK, (await _host.Client.PostAsync($"{Path}/extend?lease={first}")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await _host.Client.PostAsync($"{Path}/release?lease={second}")).Status);
        IsProblem(await _host.Client.PostAsync($"{Path}/extend?lease={second}"), 410, "gone", "is over");
        _time.Advance(TimeSpan.FromSeconds(8));

        Assert.Equal([3, 4, 5], Sequences((await _host.Client.PostAsync(Path + "/take?max=3")).Body));
    }

    [Fact]
    public async Task Conditions_hold_and_the_place_can_be_moved()
    {
        await _host.Client.PublishAsync("s", $"[{Event("11", "a", "x/1")},{Event("12", "b", "x/2")},{Event("13", "a", "y/1")}]");
        await PutAsync(Path, """{"types":["a"],"subjectPrefixes":["x/","y/"],"from":12}""");

        Assert.Equal([13], Sequences((await _host.Client.PostAsync(Path + "/take")).Body));
        Assert.Equal(11, Number((await _host.Client.PostAsync(Path + "/seek?to=11")).Body, "next"));
        Assert.Equal([11, 13], Sequences((await _host.Client.PostAsync(Path + "/take")).Body));
    }

    [Fact]
    public async Task List_and_delete()
    {
        await PutAsync(Path);
        await PutAsync("/sources/s/subscriptions/a");

        Assert.Equal("""["a","r/1"]""", (await _host.Client.FetchAsync("/sources/s/subscriptions")).Body.GetProperty("subscriptions").GetRawText());
        using var delete = new HttpRequestMessage(HttpMethod.Delete, Path);
        Assert.Equal(HttpStatusCode.NoContent, (await _host.Client.AnswerAsync(delete)).Status);
        IsProblem(await _host.Client.PostAsync(Path + "/take"), 404, "not-found", "PUT");
    }

    [Theory]
    [InlineData("""{"from":"middle"}""", 400, "'from'")]
    [InlineData("""{"from":0}""", 400, "version 1 or later")]
    [InlineData("""{"leaseSeconds":0.5}""", 400, "from 1 second")]
    [InlineData("""{"leaseSeconds":1e300}""", 400, "from 1 second")]
    [InlineData("""{"maxOutstanding":0}""", 400, "From 1 to 100,000")]
    [InlineData("""{"types":[null]}""", 400, "null")]
    [InlineData("""{"typ":["a"]}""", 400, "typ")]
    [InlineData("[", 400, "body")]
    public async Task A_definition_that_is_wrong_is_told(string body, int status, string detail) =>
        IsProblem(await PutAsync(Path, body), status, "bad-request", detail);

    [Fact]
    public async Task Another_definition_is_a_conflict_and_what_is_wrong_with_a_request_is_told()
    {
        await PutAsync(Path);

        IsProblem(await PutAsync(Path, """{"types":["a"]}"""), 409, "conflict", "already");
        IsProblem(await AcknowledgeAsync(2, 1), 410, "gone", "incarnation");
        IsProblem(await _host.Client.PostAsync(Path + "/ack"), 400, "bad-request", "versions");
        IsProblem(await _host.Client.PostAsync(Path + "/ack", """{"versions":[1]}"""), 400, "bad-request", "incarnation");
        IsProblem(await _host.Client.PostAsync(Path + "/ack", "x", "text/plain"), 415, "media-type", "application/json");
        IsProblem(await _host.Client.PostAsync(Path + "/take?max=0"), 400, "bad-request", "'max' is 0");
        IsProblem(await _host.Client.PostAsync(Path + "/take?wait=-1"), 400, "bad-request", "'wait'");
        IsProblem(await _host.Client.PostAsync(Path + "/take?wait=NaN"), 400, "bad-request", "'wait'");
        IsProblem(await _host.Client.PostAsync(Path + "/seek?to=0"), 400, "bad-request", "'to' is 0");
        IsProblem(await _host.Client.PostAsync(Path + "/release"), 400, "bad-request", "lease");
        IsProblem(await _host.Client.PostAsync("/sources/%24x/subscriptions/r/take"), 400, "bad-request", "reserved");
    }

    private static long Number(JsonElement answer, string name) => answer.GetProperty(name).GetInt64();

    private Task<(HttpStatusCode Status, JsonElement Body)> AcknowledgeAsync(int incarnation, params long[] versions) =>
        _host.Client.PostAsync(Path + "/ack", $$"""{"incarnation":{{incarnation}},"versions":[{{string.Join(',', versions)}}]}""");

    private async Task<(HttpStatusCode Status, JsonElement Body)> PutAsync(string path, string? body = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await _host.Client.AnswerAsync(request);
    }
}
