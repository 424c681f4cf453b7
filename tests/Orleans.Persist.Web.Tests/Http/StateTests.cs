using System.Net;
using Orleans.Persist.Journal;
using Orleans.Persist.Projections;
using Orleans.Persist.TestKit;
using Orleans.Persist.Web.Tests.Support;
using static Orleans.Persist.Web.Tests.Support.Requests;

namespace Orleans.Persist.Web.Tests.Http;

public sealed class StateTests
{
    [Fact]
    [Trait("Requirement", "s.9")]
    public async Task A_state_is_given_as_of_now_a_version_a_moment_and_for_one_aggregate()
    {
        var time = new ManualTimeProvider();
        await using var host = await TestHost.StartAsync(persist: persist => persist.AddProjection(new Counts()), time: time);
        for (var day = 1; day <= 6; day++)
        {
            await host.Client.PublishAsync("s", Event($"{day}", day % 2 == 0 ? "even" : "odd", $"x{day % 3}", $",\"time\":\"2026-02-0{7 - day}T00:00:00Z\""), Structured);
            time.Advance(TimeSpan.FromDays(1));
        }

        Assert.Equal("""{"even":3,"odd":3}""", await StateAsync(host, ""));
        Assert.Equal("""{"even":1,"odd":2}""", await StateAsync(host, "?at=3"));
        Assert.Equal("{}", await StateAsync(host, "?at=0"));
        Assert.Equal("""{"even":1,"odd":1}""", await StateAsync(host, "?at=2020-01-02"));
        Assert.Equal("""{"even":2,"odd":1}""", await StateAsync(host, "?time=2026-02-03T00:00:00Z"));
        Assert.Equal("""{"even":1,"odd":1}""", await StateAsync(host, "?subject=x0"));
        var (_, answer) = await host.Client.FetchAsync("/sources/s/state/counts?at=3");
        Assert.Equal((3, 3), (answer.GetProperty("version").GetInt64(), answer.GetProperty("events").GetInt64()));
    }

    [Theory]
    [InlineData("counts?at=noon", 400, "bad-request", "'noon'")]
    [InlineData("counts?at=99", 404, "not-found", "no version 99")]
    [InlineData("counts?at=1&time=2020-01-01", 400, "bad-request", "one of them")]
    [InlineData("other", 404, "not-found", "There are: 'counts'")]
    public async Task What_cannot_be_given_is_told(string path, int status, string code, string detail)
    {
        await using var host = await TestHost.StartAsync(persist: persist => persist.AddProjection(new Counts()));
        await host.Client.PublishAsync("s", BatchOf(1, 3));

        IsProblem(await host.Client.FetchAsync("/sources/s/state/" + path), status, code, detail);
    }

    private static async Task<string> StateAsync(TestHost host, string query)
    {
        var (status, answer) = await host.Client.FetchAsync("/sources/s/state/counts" + query);
        Assert.Equal(HttpStatusCode.OK, status);
        return answer.GetProperty("state").GetRawText();
    }

    private sealed class Counts : Projection<SortedDictionary<string, int>>
    {
        public override string Name => "counts";

        protected override SortedDictionary<string, int> Create() => new(StringComparer.Ordinal);

        protected override SortedDictionary<string, int> Apply(SortedDictionary<string, int> state, RecordedEvent @event)
        {
            state[@event.Type] = state.GetValueOrDefault(@event.Type) + 1;
            return state;
        }
    }
}
