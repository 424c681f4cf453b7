using Orleans.Persist.Journal;
using Orleans.Persist.TestKit;
using Orleans.Persist.Web.Tests.Support;
using static Orleans.Persist.Web.Tests.Support.Requests;

namespace Orleans.Persist.Web.Tests.Http;

public sealed class LiveTests
{
    [Fact]
    [Trait("Requirement", "s.6")]
    public async Task History_and_live_events_come_without_a_seam_also_after_the_connection_was_lost()
    {
        await using var host = await TestHost.StartAsync();
        await host.Client.PublishAsync("s", BatchOf(1, 100));
        var publishing = Task.Run(async () =>
        {
            for (var i = 101; i <= 400; i++)
                await host.Client.PublishAsync("s", BatchOf(i, i));
        });
        var ids = new List<string>();
        string? last = null;

        while (ids.Count < 400)
        {
            using var reader = await SseReader.OpenAsync(host.Client, "/sources/s/events", last);
            for (var i = 0; i < 57 && ids.Count < 400; i++)
            {
                var (id, @event) = (await reader.NextAsync())!.Value;
                last = id;
                ids.Add(@event.GetProperty("id").GetString()!);
            }
        }

        await publishing;
        Assert.Equal(Enumerable.Range(1, 400).Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture)), ids);
    }

    [Fact]
    public async Task Conditions_and_a_limit_hold_for_a_live_stream()
    {
        await using var host = await TestHost.StartAsync();
        await host.Client.PublishAsync("s", $"[{Event("1", "a")},{Event("2", "b")},{Event("3", "a")},{Event("4", "a")}]");
        using var reader = await SseReader.OpenAsync(host.Client, "/sources/s/events?type=a&from=2&limit=3");

        Assert.Equal("1.3", (await reader.NextAsync())!.Value.Id);
        Assert.Equal("1.4", (await reader.NextAsync())!.Value.Id);
        await host.Client.PublishAsync("s", $"[{Event("5", "b")},{Event("6", "a")},{Event("7", "a")}]");
        Assert.Equal("1.6", (await reader.NextAsync())!.Value.Id);
        Assert.Null(await reader.NextAsync());
    }

    [Fact]
    public async Task A_stream_without_events_says_that_it_is_alive()
    {
        var time = new ManualTimeProvider();
        await using var host = await TestHost.StartAsync(options => options.KeepAlive = TimeSpan.FromSeconds(7), time: time);
        await host.Client.PublishAsync("s", BatchOf(1, 1));
        using var reader = await SseReader.OpenAsync(host.Client, "/sources/s/events?from=2");
        Assert.StartsWith(":", await reader.LineAsync());

        var line = reader.LineAsync();
        while (!line.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(": alive", await line);
    }

    [Fact]
    public async Task Only_so_many_live_streams_are_open_and_one_that_ends_makes_room()
    {
        await using var host = await TestHost.StartAsync(options => options.MaxLiveRequests = 1);
        await host.Client.PublishAsync("s", BatchOf(1, 1));
        using (await SseReader.OpenAsync(host.Client, "/sources/s/events"))
            IsProblem(await host.Client.FetchAsync("/sources/s/events", ("Accept", "text/event-stream")), 503, "busy", "1 live");

        using var patience = new CancellationTokenSource(TestHost.Patience);
        while ((int)(await host.Client.PostAsync("/sources/s/subscriptions/none/take")).Status == 503)
            patience.Token.ThrowIfCancellationRequested();
    }

    [Theory]
    [InlineData("?backward=true", null, 400, "goes forward")]
    [InlineData("?to=7", null, 400, "goes forward")]
    [InlineData("?cursor=x", null, 400, "no pages")]
    [InlineData("", "7", 400, "Last-Event-ID")]
    [InlineData("", "1.-1", 400, "Last-Event-ID")]
    [InlineData("", "9.1", 410, "incarnation 1")]
    public async Task What_cannot_be_followed_is_told(string query, string? last, int status, string detail)
    {
        await using var host = await TestHost.StartAsync();
        await host.Client.PublishAsync("s", BatchOf(1, 1));
        (string, string)[] headers = last is null ? [("Accept", "text/event-stream")] : [("Accept", "text/event-stream"), ("Last-Event-ID", last)];

        IsProblem(await host.Client.FetchAsync("/sources/s/events" + query, headers), status, status == 410 ? "gone" : "bad-request", detail);
    }

    [Fact]
    public async Task A_stream_of_a_source_that_is_deleted_is_broken_off()
    {
        await using var host = await TestHost.StartAsync();
        await host.Client.PublishAsync("s", BatchOf(1, 1));
        using var reader = await SseReader.OpenAsync(host.Client, "/sources/s/events");
        await reader.NextAsync();

        await host.Engine.Storage.Journal.DeleteAsync("s", ExpectedVersion.Any);

        await Assert.ThrowsAnyAsync<IOException>(() => reader.NextAsync());
    }
}
