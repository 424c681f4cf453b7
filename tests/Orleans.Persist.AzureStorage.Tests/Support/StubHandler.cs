using System.Net;
using System.Text;
using Azure.Core.Pipeline;

namespace Orleans.Persist.AzureStorage.Tests.Support;

/// <summary>Stands where the network would: keeps every request and answers it as the test says, or passes it on.</summary>
public sealed class StubHandler : HttpMessageHandler
{
    private readonly Func<HttpRequestMessage, byte[], HttpResponseMessage?> _answer;
    private readonly HttpMessageInvoker? _inner;
    private readonly Lock _lock = new();
    private readonly List<(string Method, Uri Uri, byte[] Body)> _requests = [];

    /// <param name="answer">The answer to a request, or null to pass it on.</param>
    /// <param name="passOn">Whether requests that are not answered go to the service.</param>
    public StubHandler(Func<HttpRequestMessage, byte[], HttpResponseMessage?> answer, bool passOn = false)
    {
        _answer = answer;
        _inner = passOn ? new HttpMessageInvoker(new SocketsHttpHandler()) : null;
    }

    /// <summary>What is waited for before a request, with this body, is passed on.</summary>
    public Func<byte[], Task>? Before { get; set; }

    /// <summary>The answer to a request from now on, or null to pass it on.</summary>
    public Func<HttpRequestMessage, HttpResponseMessage?>? Refuse { get; set; }

    /// <summary>What is done once the service has answered a request that was passed on: throw, or give another answer.</summary>
    public Func<HttpRequestMessage, HttpResponseMessage, HttpResponseMessage>? Afterwards { get; set; }

    public IReadOnlyList<(string Method, Uri Uri, byte[] Body)> Requests
    {
        get
        {
            lock (_lock)
                return [.. _requests];
        }
    }

    public static HttpResponseMessage Answer(HttpStatusCode status, string? code = null, string? body = null)
    {
        var response = new HttpResponseMessage(status) { Content = new StringContent(body ?? "", Encoding.UTF8, "application/json") };
        if (code is not null)
            response.Headers.Add("x-ms-error-code", code);
        return response;
    }

    /// <summary>An account that is reached only through this.</summary>
    public AzureStorageOptions NewOptions() => Use(new AzureStorageOptions
    {
        ConnectionString = "AccountName=account;AccountKey=a2V5;TableEndpoint=http://table.test;BlobEndpoint=http://blob.test",
    });

    /// <summary>Puts this under options.</summary>
    public AzureStorageOptions Use(AzureStorageOptions options)
    {
        options.Client.Transport = new HttpClientTransport(this);
        options.Client.Retry.Delay = TimeSpan.FromMilliseconds(1);
        options.Client.Retry.MaxDelay = TimeSpan.FromMilliseconds(10);
        return options;
    }

    /// <summary>Forgets the requests so far.</summary>
    public void Clear()
    {
        lock (_lock)
            _requests.Clear();
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        lock (_lock)
            _requests.Add((request.Method.Method, request.RequestUri!, body));
        if (Refuse?.Invoke(request) is { } refusal)
            return refusal;
        if (Before is { } before)
            await before(body);
        if (_answer(request, body) is { } answer)
            return answer;
        if (_inner is null)
            throw new HttpRequestException("The test has no answer to this.");
        var response = await _inner.SendAsync(request, cancellationToken);
        return Afterwards?.Invoke(request, response) ?? response;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _inner?.Dispose();
        base.Dispose(disposing);
    }
}
