using System.Net;
using Orleans.Persist.AzureStorage.Tests.Support;
using Orleans.Persist.Journal;

namespace Orleans.Persist.AzureStorage.Tests.Driver;

/// <summary>What is made of the service's refusals and failures: tried again where that helps, and otherwise said, with what and where.</summary>
[Trait("Requirement", "o.10")]
public sealed class FailureTests
{
    private static readonly CancellationToken Limit = new CancellationTokenSource(TimeSpan.FromMinutes(5)).Token;

    [Theory]
    [InlineData(HttpStatusCode.RequestTimeout)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    public async Task Passing_failures_are_tried_again(HttpStatusCode status)
    {
        var left = 3;
        var service = new StubHandler((_, _) => StubHandler.Answer(left-- > 0 ? status : HttpStatusCode.Created));
        await using var storage = await AzurePersistStorage.OpenAsync(service.NewOptions(), cancellationToken: Limit);
        Assert.Equal(5, service.Requests.Count); // three in vain, the table, the container
    }

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    public async Task Retry_after_is_heeded(HttpStatusCode status)
    {
        var times = new List<long>();
        var service = new StubHandler((_, _) =>
        {
            times.Add(Environment.TickCount64);
            var answer = StubHandler.Answer(times.Count == 1 ? status : HttpStatusCode.Created);
            answer.Headers.Add("Retry-After", "1");
            return answer;
        });
        await using var storage = await AzurePersistStorage.OpenAsync(service.NewOptions(), cancellationToken: Limit);
        Assert.InRange(times[1] - times[0], 900, 30_000);
    }

    [Fact]
    public async Task A_failure_that_does_not_pass_is_said_after_the_retries()
    {
        var service = new StubHandler((_, _) => StubHandler.Answer(HttpStatusCode.ServiceUnavailable, "ServerBusy"));
        var error = await FailsAsync(service);
        Assert.Equal(6, service.Requests.Count);
        Assert.Contains("503 ServerBusy", error.Message, StringComparison.Ordinal);
        Assert.Contains("POST http://table.test/Tables", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_cannot_be_reached_is_said_after_the_retries()
    {
        var service = new StubHandler((_, _) => throw new HttpRequestException("no route"));
        var error = await FailsAsync(service);
        Assert.Equal(6, service.Requests.Count);
        Assert.Contains("no route", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_never_answers_is_given_up_in_time()
    {
        var options = new AzureStorageOptions { ConnectionString = "AccountName=a;AccountKey=a2V5;TableEndpoint=http://t.test;BlobEndpoint=http://b.test", OperationTimeout = TimeSpan.FromSeconds(1) };
        options.Client.Transport = new Azure.Core.Pipeline.HttpClientTransport(new SilentHandler());
        options.Client.Retry.NetworkTimeout = TimeSpan.FromMilliseconds(300);
        var error = await Assert.ThrowsAsync<JournalUnavailableException>(() => AzurePersistStorage.OpenAsync(options, cancellationToken: Limit).WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Contains("no answer within 1 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clock_that_is_off_is_said()
    {
        var service = new StubHandler((_, _) =>
        {
            var answer = StubHandler.Answer(HttpStatusCode.Forbidden, "AuthenticationFailed");
            answer.Headers.Date = DateTimeOffset.UtcNow.AddHours(2);
            return answer;
        });
        var error = await FailsAsync(service);
        Assert.Contains("clock and the service's differ by 120 minutes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_that_is_missing_and_may_not_be_created_is_said()
    {
        var service = new StubHandler((request, _) => request.Method == HttpMethod.Post
            ? StubHandler.Answer(HttpStatusCode.Forbidden, "AuthorizationPermissionMismatch")
            : StubHandler.Answer(HttpStatusCode.NotFound, "TableNotFound"));
        var error = await FailsAsync(service);
        Assert.Contains("table 'OrleansPersist' is missing, and the credential does not allow to create it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_credential_that_may_not_create_the_table_will_do_where_it_is_there()
    {
        var service = new StubHandler((request, _) => request.Method != HttpMethod.Get
            ? StubHandler.Answer(HttpStatusCode.Forbidden, "AuthorizationPermissionMismatch")
            : request.RequestUri!.Host is "table.test" ? StubHandler.Answer(HttpStatusCode.OK, body: "{\"value\":[]}")
            : StubHandler.Answer(HttpStatusCode.OK, body: "<EnumerationResults><Blobs/><NextMarker/></EnumerationResults>"));
        await using var storage = await AzurePersistStorage.OpenAsync(service.NewOptions(), cancellationToken: Limit);
        Assert.Equal(4, service.Requests.Count);
    }

    [Theory]
    [InlineData(HttpStatusCode.Forbidden, "AccountIsDisabled", "403 AccountIsDisabled")]
    [InlineData(HttpStatusCode.NotFound, "ResourceNotFound", "404 ResourceNotFound. There is nothing at this address")]
    [InlineData(HttpStatusCode.BadRequest, "InvalidInput", "400 InvalidInput")]
    public async Task An_account_that_refuses_is_said(HttpStatusCode status, string code, string says)
    {
        var error = await FailsAsync(new StubHandler((_, _) => StubHandler.Answer(status, code, "{\"odata.error\":{\"code\":\"x\",\"message\":{\"lang\":\"en\",\"value\":\"In so many words.\\nRequestId:1\"}}}")));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Contains("The service says: In so many words.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"value\":")]
    [InlineData("<html>a portal</html>")]
    [InlineData("{\"value\":[{\"Version\":\"many\"}]}")]
    public async Task An_answer_that_makes_no_sense_is_said(string body)
    {
        var service = new StubHandler((request, _) => request.Method == HttpMethod.Get ? StubHandler.Answer(HttpStatusCode.OK, body: body) : StubHandler.Answer(HttpStatusCode.Created));
        await using var storage = await AzurePersistStorage.OpenAsync(service.NewOptions(), cancellationToken: Limit);
        var error = await Assert.ThrowsAsync<JournalUnavailableException>(async () => await storage.Journal.ReadAsync("s", ReadRequest.All, Limit).ToListAsync(Limit));
        Assert.Contains("the answer cannot be read", error.Message, StringComparison.Ordinal);
    }

    private static Task<JournalUnavailableException> FailsAsync(StubHandler service) =>
        Assert.ThrowsAsync<JournalUnavailableException>(() => AzurePersistStorage.OpenAsync(service.NewOptions(), cancellationToken: Limit).WaitAsync(TimeSpan.FromSeconds(30)));

    private sealed class SilentHandler : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException();
        }
    }
}
