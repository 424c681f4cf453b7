using System.Net;
using System.Text;
using Orleans.Persist.Journal;
using Orleans.Persist.Web.Tests.Support;
using static Orleans.Persist.Web.Tests.Support.Requests;

namespace Orleans.Persist.Web.Tests.Http;

public sealed class PublishTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync(options =>
    {
        options.MaxBodyBytes = 100_000;
        options.MaxBatchEvents = 50;
    });

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    [Trait("Requirement", "s.1")]
    [Trait("Requirement", "s.7")]
    public async Task Structured_takes_over_every_attribute_and_gives_it_back()
    {
        const string Sent = """{"specversion":"1.0","id":"1","source":"/s","type":"t","subject":"x","time":"2020-01-02T03:04:05.5+01:00","datacontenttype":"application/json","correlationid":"c","causationid":"d","tags":"a,b","schemaversion":3,"data":{"n": [1, 2]}}""";

        var (status, answer) = await _host.Client.PublishAsync("s", Sent, Structured);
        var (_, page) = await _host.Client.FetchAsync("/sources/s/events");

        Assert.Equal(HttpStatusCode.Created, status);
        Assert.Equal((1, 1, false), (answer.GetProperty("first").GetInt64(), answer.GetProperty("last").GetInt64(), answer.GetProperty("duplicate").GetBoolean()));
        var recorded = answer.GetProperty("recorded").GetString();
        Assert.Equal(
            $$$"""{"specversion":"1.0","id":"1","source":"/s","type":"t","subject":"x","time":"2020-01-02T02:04:05.5Z","datacontenttype":"application/json","sequence":"1","recordedtime":"{{{recorded}}}","schemaversion":3,"tags":"a,b","correlationid":"c","causationid":"d","data":{"n": [1, 2]}}""",
            page.GetProperty("events")[0].GetRawText());
    }

    [Fact]
    [Trait("Requirement", "s.1")]
    public async Task Batch_is_stored_whole_and_once_and_a_part_of_it_is_a_conflict()
    {
        var first = await _host.Client.PublishAsync("s", BatchOf(1, 10));
        var again = await _host.Client.PublishAsync("s", BatchOf(1, 10));
        var overlap = await _host.Client.PublishAsync("s", BatchOf(10, 12));

        Assert.Equal((HttpStatusCode.Created, 10), (first.Status, first.Body.GetProperty("last").GetInt64()));
        Assert.Equal((HttpStatusCode.OK, 1, 10, true), (again.Status, again.Body.GetProperty("first").GetInt64(), again.Body.GetProperty("last").GetInt64(), again.Body.GetProperty("duplicate").GetBoolean()));
        IsProblem(overlap, 409, "duplicate-event", "'10'");
        Assert.Equal(10, overlap.Body.GetProperty("sequence").GetInt64());
        Assert.Equal(10, (await _host.Engine.GetSource("s").GetHeadAsync()).Version);
    }

    [Fact]
    public async Task Binary_mode_takes_attributes_from_headers_and_any_payload()
    {
        var (status, _) = await _host.Client.PostAsync(
            "/sources/s/events", "\0raw", "application/octet-stream",
            ("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "tests"), ("ce-type", "caf%C3%A9 %22"), ("ce-subject", "x/y"), ("ce-tags", "a,b"), ("ce-partition", "7"));

        Assert.Equal(HttpStatusCode.Created, status);
        await foreach (var @event in _host.Engine.GetSource("s").ReadAsync(ReadRequest.All))
        {
            Assert.Equal(("1", "tests", "café \"", "x/y", "application/octet-stream"), (@event.Id, @event.Source, @event.Type, @event.Subject, @event.ContentType));
            Assert.Equal(["a", "b"], @event.Tags);
            Assert.Equal(("7", "\0raw"), (@event.Metadata["partition"], Encoding.UTF8.GetString(@event.Data.Span)));
        }
    }

    [Fact]
    [Trait("Requirement", "s.1")]
    public async Task An_expected_version_of_an_aggregate_holds_or_nothing_is_stored()
    {
        const string Header = "Persist-Expected-Version";
        Assert.Equal(HttpStatusCode.Created, (await _host.Client.PublishAsync("s", Event("1", subject: "a"), Structured, (Header, "0"))).Status);
        Assert.Equal(HttpStatusCode.Created, (await _host.Client.PublishAsync("s", Event("2", subject: "b"), Structured, (Header, "0"))).Status);

        var stale = await _host.Client.PublishAsync("s", Event("3", subject: "a"), Structured, (Header, "0"));
        var fresh = await _host.Client.PublishAsync("s", Event("3", subject: "a"), Structured, (Header, "1"));
        var attributes = await _host.Client.PublishAsync("s", $"[{Event("4", subject: "a", more: ",\"expectedversion\":3")},{Event("5", subject: "b", more: ",\"expectedversion\":1")}]");
        var right = await _host.Client.PublishAsync("s", $"[{Event("4", subject: "a", more: ",\"expectedversion\":3")},{Event("5", subject: "b", more: ",\"expectedversion\":2")}]");

        IsProblem(stale, 409, "version-conflict", "'a'");
        Assert.Equal(("a", 0, 1), (stale.Body.GetProperty("subject").GetString(), stale.Body.GetProperty("expected").GetInt64(), stale.Body.GetProperty("actual").GetInt64()));
        Assert.Equal(HttpStatusCode.Created, fresh.Status);
        IsProblem(attributes, 409, "version-conflict", "'b'");
        Assert.Equal((HttpStatusCode.Created, 5), (right.Status, right.Body.GetProperty("last").GetInt64()));
        var (_, page) = await _host.Client.FetchAsync("/sources/s/events");
        Assert.DoesNotContain("expectedversion", page.GetRawText());
    }

    [Fact]
    public async Task An_expected_version_of_the_source_and_a_producers_number_are_honoured()
    {
        await _host.Client.PublishAsync("s", BatchOf(1, 3));

        var stale = await _host.Client.PublishAsync("s", Event("4"), Structured, ("Persist-Expected-Source-Version", "2"));
        var first = await _host.Client.PublishAsync("s", Event("4"), Structured, ("Persist-Producer", "p"), ("Persist-Sequence", "7"));
        var again = await _host.Client.PublishAsync("s", Event("other"), Structured, ("Persist-Producer", "p"), ("Persist-Sequence", "7"));

        IsProblem(stale, 409, "version-conflict", "version 3");
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (first.Status, again.Status));
    }

    [Theory]
    [InlineData(Structured, "not json", "bad-event", "line 1, byte 2")]
    [InlineData(Structured, "{\"specversion\":\"1.0\",\n\"id\":}", "bad-event", "line 2, byte 6")]
    [InlineData(Structured, "[]", "bad-event", "application/cloudevents-batch+json")]
    [InlineData(Structured, "", "bad-event", "not JSON")]
    [InlineData(Structured, """{"specversion":"1.0","id":"1","type":"t"}""", "bad-event", "'source' is missing")]
    [InlineData(Structured, """{"specversion":"1.0","id":"1","source":"s","type":"t","data":1,"data_base64":"AA=="}""", "bad-event", "one payload")]
    [InlineData(Structured, """{"specversion":"1.0","id":"\ud800","source":"s","type":"t"}""", "bad-event", "no CloudEvent")]
    [InlineData(Structured, """{"specversion":"1.0","id":"1","source":"s","type":"t"} {}""", "bad-event", "not JSON")]
    [InlineData(Batch, "[]", "bad-event", "no events")]
    [InlineData(Batch, "{}", "bad-event", "not an object")]
    [InlineData(Batch, "[1]", "bad-event", "event 0")]
    [InlineData(Batch, """[{"specversion":"1.0","id":"1","source":"s","type":"t"},{"specversion":"1.0"}]""", "bad-event", "event 1: the attribute 'id'")]
    [InlineData(Batch, """[{"specversion":"1.0","id":"1","source":"s","type":"t"},{"specversion":"1.0","id":"1","source":"s","type":"t"}]""", "bad-event", "Event 1")]
    public async Task What_is_wrong_with_a_body_is_said_and_nothing_is_stored(string mediaType, string body, string code, string detail)
    {
        IsProblem(await _host.Client.PublishAsync("s", body, mediaType), 400, code, detail);
        Assert.False((await _host.Engine.GetSource("s").GetHeadAsync()).Exists);
    }

    [Theory]
    [InlineData("Persist-Expected-Version", "1", "about one subject")]
    [InlineData("Persist-Expected-Source-Version", "-1", "sequence number")]
    [InlineData("Persist-Producer", "p", "go together")]
    [InlineData("Persist-Sequence", "0", "go together")]
    public async Task What_is_wrong_with_an_expectation_is_said(string header, string value, string detail) =>
        IsProblem(await _host.Client.PublishAsync("s", BatchOf(1, 2), Batch, (header, value)), 400, "bad-request", detail);

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/json")]
    [InlineData("application/cloudevents+json; charset=utf-16")]
    public async Task Another_media_type_is_415(string mediaType) =>
        IsProblem(await _host.Client.PublishAsync("s", Event("1"), mediaType), 415, "media-type", "");

    [Theory]
    [InlineData("ce-id", "a%zz", "index 1")]
    [InlineData("ce-time", "noon", "no time")]
    [InlineData("ce-data", "x", "no place in binary mode")]
    public async Task What_is_wrong_with_headers_is_said(string name, string value, string detail)
    {
        (string, string)[] headers = [("ce-specversion", "1.0"), ("ce-source", "s"), ("ce-type", "t"), (name, value)];

        IsProblem(await _host.Client.PostAsync("/sources/s/events", "x", "text/plain", headers), 400, "bad-event", detail);
    }

    [Fact]
    public async Task A_batch_of_too_many_events_and_one_of_invalid_utf8_are_refused()
    {
        IsProblem(await _host.Client.PublishAsync("s", BatchOf(1, 51)), 413, "too-large", "50 events");
        using var content = new ByteArrayContent([.. Encoding.UTF8.GetBytes(Event("1"))[..^2], 0xFF, (byte)'"', (byte)'}']) { Headers = { ContentType = new(Structured) } };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sources/s/events") { Content = content };
        IsProblem(await _host.Client.AnswerAsync(request), 400, "bad-event", "UTF-8");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_of_100_MB_is_refused(bool chunked)
    {
        var sent = new CountedContent(100_000_000, chunked);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sources/s/events") { Content = sent };
        request.Headers.ExpectContinue = true;
        sent.Headers.ContentType = new(Structured);

        IsProblem(await _host.Client.AnswerAsync(request), 413, "too-large", "100,000 bytes");

        // What has no length goes on for a while: the server reads, and throws away, what comes until it has answered and closed.
        Assert.True(chunked || sent.Sent == 0, $"{sent.Sent} bytes were sent.");
    }

    /// <summary>Letters, so many, and how many have gone out.</summary>
    private sealed class CountedContent(long length, bool chunked) : HttpContent
    {
        public long Sent { get; private set; }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var piece = new byte[64 * 1024];
            Array.Fill(piece, (byte)'x');
            try
            {
                for (; Sent < length; Sent += piece.Length)
                    await stream.WriteAsync(piece);
            }
            catch (IOException)
            {
                // The server has seen enough.
            }
        }

        protected override bool TryComputeLength(out long computed)
        {
            computed = length;
            return !chunked;
        }
    }
}
