using System.Globalization;
using System.Net;
using System.Text.Json;
using Orleans.Persist.Journal;
using Orleans.Persist.Web.Tests.Support;
using static Orleans.Persist.Web.Tests.Support.Requests;

namespace Orleans.Persist.Web.Tests.Http;

public sealed class QueryTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private TestHost _host = null!;
    private List<RecordedEvent> _all = null!;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync(options => options.MaxPageEvents = 500);
        var random = new Random(7);
        var source = _host.Engine.GetSource("s");
        for (var i = 0; i < 20; i++)
        {
            await source.PublishAsync(Enumerable.Range(0, 50).Select(_ => new EventData
            {
                Type = $"type{random.Next(4)}",
                Subject = random.Next(10) == 0 ? null : $"group{random.Next(3)}/case{random.Next(20)}",
                Time = Begin.AddMinutes(random.Next(10_000)),
                Tags = random.Next(3) == 0 ? ["red", "round"] : random.Next(2) == 0 ? ["red"] : [],
                ContentType = "application/json",
                Data = "{\"a\":\n1}"u8.ToArray(),
            }).ToArray());
        }

        _all = [];
        await foreach (var @event in source.ReadAsync(ReadRequest.All))
            _all.Add(@event);
    }

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    [Trait("Requirement", "s.2")]
    [Trait("Requirement", "s.3")]
    [Trait("Requirement", "s.4")]
    [Trait("Requirement", "s.5")]
    [Trait("Requirement", "s.6")]
    public async Task Every_combination_of_conditions_gives_what_LINQ_gives_in_pages_and_streamed()
    {
        (string Query, Func<RecordedEvent, bool> Holds)[][] conditions =
        [
            [("", _ => true), ("from=300", e => e.Version >= 300), ("from=300&to=700", e => e.Version is >= 300 and <= 700)],
            [("", _ => true), ("subject=group1%2Fcase3&subject=group2%2Fcase4", e => e.Subject is "group1/case3" or "group2/case4"), ("subjectPrefix=group1%2F", e => e.Subject?.StartsWith("group1/", StringComparison.Ordinal) == true)],
            [("", _ => true), ("type=type1", e => e.Type == "type1"), ("type=type1&type=type2", e => e.Type is "type1" or "type2")],
            [("", _ => true), ("tag=round", e => e.Tags.Contains("round"))],
            [("", _ => true), ("since=2026-01-02&until=2026-01-05T12:00:00%2B02:00", e => e.Time >= Begin.AddDays(1) && e.Time < Begin.AddDays(4).AddHours(10))],
            [("", _ => true), ($"recordedSince={Uri.EscapeDataString(_all[500].Recorded.ToString("O"))}", e => e.Recorded >= _all[500].Recorded)],
        ];
        IEnumerable<(string Query, Func<RecordedEvent, bool> Holds)> combinations = [("", _ => true)];
        foreach (var condition in conditions)
        {
            combinations = from before in combinations
                           from one in condition
                           select ($"{before.Query}&{one.Query}".Trim('&'), (Func<RecordedEvent, bool>)(e => before.Holds(e) && one.Holds(e)));
        }

        foreach (var (query, holds) in combinations)
        {
            var expected = _all.Where(holds).Select(e => e.Version).ToList();
            Assert.Equal(expected, await PagesAsync(query, 137));
            Assert.Equal(expected, await LinesAsync(query));
        }
    }

    [Theory]
    [InlineData("backward=true", 1000, 1)]
    [InlineData("backward=true&from=400", 400, 1)]
    [InlineData("backward=true&from=400&to=300", 400, 300)]
    public async Task Backward_gives_new_to_old(string query, long first, long last)
    {
        var expected = Enumerable.Range((int)last, (int)(first - last + 1)).Select(v => (long)v).Reverse().ToList();

        Assert.Equal(expected, await PagesAsync(query, 99));
        Assert.Equal(expected, await LinesAsync(query));
        Assert.Equal(expected.Take(5), await LinesAsync(query + "&limit=5"));
    }

    [Fact]
    [Trait("Requirement", "s.6")]
    public async Task Pages_stay_as_they_are_while_events_are_published_and_the_last_ones_cursor_leads_to_them()
    {
        var (_, first) = await _host.Client.FetchAsync("/sources/s/events?limit=500");
        await _host.Client.PublishAsync("s", BatchOf(1, 3));
        var (_, second) = await _host.Client.FetchAsync($"/sources/s/events?limit=500&cursor={first.GetProperty("next").GetString()}");
        var (_, third) = await _host.Client.FetchAsync($"/sources/s/events?limit=500&cursor={second.GetProperty("next").GetString()}");

        Assert.Equal(Enumerable.Range(1, 1003).Select(v => (long)v), Sequences(first).Concat(Sequences(second)).Concat(Sequences(third)));
        Assert.Equal((false, true), (first.GetProperty("atEnd").GetBoolean(), third.GetProperty("atEnd").GetBoolean()));
    }

    [Fact]
    public async Task A_short_stream_of_lines_tells_its_length_and_a_long_one_comes_in_pieces()
    {
        Assert.NotNull(await LengthAsync("limit=5"));
        Assert.NotNull(await LengthAsync("type=no-such"));
        Assert.Null(await LengthAsync("limit=1000"));

        async Task<long?> LengthAsync(string query)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/sources/s/events?{query}") { Headers = { { "Accept", "application/x-ndjson" } } };
            using var response = await _host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            var length = response.Content.Headers.ContentLength;
            var body = await response.Content.ReadAsByteArrayAsync();
            Assert.True(length is null || length == body.Length);
            return length;
        }
    }

    [Theory]
    [InlineData("from=0", "'from' is 0")]
    [InlineData("from=x", "'from' is 'x'")]
    [InlineData("limit=-1", "'limit' is -1")]
    [InlineData("since=noon", "'since' is 'noon'")]
    [InlineData("backward=maybe", "'backward' is 'maybe'")]
    [InlineData("cursor=abc", "not a cursor")]
    [InlineData("cursor=AAAAAAAAAAAAAAAAAAAAAA", "not a cursor")]
    public async Task A_bad_parameter_is_told(string query, string detail) =>
        IsProblem(await _host.Client.FetchAsync("/sources/s/events?" + query), 400, "bad-request", detail);

    [Fact]
    public async Task A_cursor_of_another_query_or_of_a_deleted_source_is_refused()
    {
        var (_, page) = await _host.Client.FetchAsync("/sources/s/events?limit=5&type=type1");
        var next = page.GetProperty("next").GetString();

        IsProblem(await _host.Client.FetchAsync($"/sources/s/events?limit=5&type=type2&cursor={next}"), 400, "bad-request", "another query");
        IsProblem(await _host.Client.FetchAsync($"/sources/s/events?cursor={next}", ("Accept", "application/x-ndjson")), 400, "bad-request", "no pages");
        await _host.Engine.Storage.Journal.DeleteAsync("s", ExpectedVersion.Any);
        await _host.Client.PublishAsync("s", BatchOf(1, 3));
        IsProblem(await _host.Client.FetchAsync($"/sources/s/events?limit=5&type=type1&cursor={next}"), 410, "gone", "incarnation 2");
    }

    [Fact]
    public async Task An_unknown_source_path_or_method_and_an_unacceptable_format_are_problems()
    {
        IsProblem(await _host.Client.FetchAsync("/sources/unknown/events"), 404, "source-not-found", "'unknown'");
        IsProblem(await _host.Client.FetchAsync("/sources/unknown/events", ("Accept", "text/event-stream")), 404, "source-not-found", "'unknown'");
        IsProblem(await _host.Client.FetchAsync("/sources/unknown/sinks", ("Accept", "text/html")), 404, "source-not-found", "'unknown'");
        IsProblem(await _host.Client.FetchAsync("/sources/%24hidden/events"), 400, "bad-request", "reserved");
        IsProblem(await _host.Client.FetchAsync("/nothing"), 404, "not-found", "/nothing");
        using var delete = new HttpRequestMessage(HttpMethod.Delete, "/sources/s/events");
        IsProblem(await _host.Client.AnswerAsync(delete), 405, "bad-request", "DELETE");
        IsProblem(await _host.Client.FetchAsync("/sources/s/events", ("Accept", "image/png")), 406, "media-type", "application/x-ndjson");
    }

    [Fact]
    public async Task Sources_are_listed_with_their_state()
    {
        await _host.Client.PublishAsync("a/b c%2F", BatchOf(1, 2));

        var (_, list) = await _host.Client.FetchAsync("/sources");
        var (_, one) = await _host.Client.FetchAsync("/sources/a%2Fb%20c%252F");

        Assert.Equal([("a/b c%2F", 2L), ("s", 1000L)], list.GetProperty("sources").EnumerateArray().Select(s => (s.GetProperty("name").GetString()!, s.GetProperty("version").GetInt64())));
        Assert.Equal(list.GetProperty("sources")[0].GetRawText(), one.GetRawText());
    }

    private async Task<List<long>> PagesAsync(string query, int size)
    {
        var found = new List<long>();
        string? cursor = null;
        do
        {
            var (status, page) = await _host.Client.FetchAsync($"/sources/s/events?{query}&limit={size}{(cursor is null ? "" : "&cursor=" + cursor)}");
            Assert.Equal(HttpStatusCode.OK, status);
            found.AddRange(Sequences(page));
            cursor = page.GetProperty("atEnd").GetBoolean() ? null : page.GetProperty("next").GetString();
        }
        while (cursor is not null);
        return found;
    }

    private async Task<List<long>> LinesAsync(string query)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/sources/s/events?{query}") { Headers = { { "Accept", "application/x-ndjson" } } };
        using var response = await _host.Client.SendAsync(request);
        Assert.Equal("application/x-ndjson", response.Content.Headers.ContentType?.MediaType);
        var lines = (await response.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. lines.Select(line => long.Parse(JsonDocument.Parse(line).RootElement.GetProperty("sequence").GetString()!, CultureInfo.InvariantCulture))];
    }
}
