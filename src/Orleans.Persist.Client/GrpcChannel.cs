using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;

namespace Orleans.Persist.Client;

/// <summary>Unary gRPC calls over HTTP/2, with a time limit and retries.</summary>
internal sealed class GrpcChannel : IDisposable
{
    private const int PrefixLength = 5;
    private static readonly MediaTypeHeaderValue ContentType = new("application/grpc");
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(50);
    private readonly EventStoreClientOptions _options;
    private readonly HttpMessageInvoker _http;
    private readonly Uri _address;

    public GrpcChannel(Uri address, EventStoreClientOptions options)
    {
        (_address, _options) = (address, options);
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = options.Timeout,
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = TimeSpan.FromSeconds(60),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
        };
        if (options.Tls is not null)
            handler.SslOptions = options.Tls;
        _http = new HttpMessageInvoker(handler);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Makes a call, again where it may be and its time allows.</summary>
    /// <exception cref="EventStoreException">It failed.</exception>
    /// <exception cref="OperationCanceledException">The caller's token was cancelled.</exception>
    public async Task<TResponse> CallAsync<TResponse>(
        string method, IMessage request, MessageParser<TResponse> parser, Retry retry, CancellationToken cancellationToken)
        where TResponse : IMessage<TResponse>
    {
        using var limit = new CancellationTokenSource(_options.Timeout, _options.TimeProvider);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var start = _options.TimeProvider.GetTimestamp();
        EventStoreException? last = null;
        try
        {
            for (var attempt = 0; ; attempt++)
            {
                if (attempt > 0)
                    await Task.Delay(DelayBefore(attempt), _options.TimeProvider, ending.Token).ConfigureAwait(false);
                try
                {
                    return await AttemptAsync(method, request, parser, _options.Timeout - _options.TimeProvider.GetElapsedTime(start), ending.Token).ConfigureAwait(false);
                }
                catch (EventStoreException e) when (attempt < _options.MaxRetries && MayRetry(e, retry))
                {
                    last = e;
                }
            }
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EventStoreException(
                last?.Status ?? GrpcStatus.DeadlineExceeded,
                $"{_address.Authority} did not answer within {_options.Timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s{(last is null ? "" : $": {last.Message}")}",
                e);
        }
    }

    private async Task<TResponse> AttemptAsync<TResponse>(string method, IMessage message, MessageParser<TResponse> parser, TimeSpan left, CancellationToken cancellationToken)
        where TResponse : IMessage<TResponse>
    {
        using var request = NewRequest(method, message, left);
        HttpResponseMessage? response = null;
        try
        {
            response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            var body = response.StatusCode is HttpStatusCode.OK ? await ReadAsync(response.Content, cancellationToken).ConfigureAwait(false) : [];
            ThrowIfFailed(response);
            return Parse(body, parser);
        }
        catch (HttpRequestException e)
        {
            throw new EventStoreException(GrpcStatus.Unavailable, $"{_address.Authority} cannot be reached: {e.Message}", e);
        }
        catch (IOException e)
        {
            throw new EventStoreException(GrpcStatus.Unavailable, $"the connection to {_address.Authority} broke: {e.Message}", e);
        }
        finally
        {
            response?.Dispose();
        }
    }

    private HttpRequestMessage NewRequest(string method, IMessage message, TimeSpan left)
    {
        var length = message.CalculateSize();
        var bytes = new byte[PrefixLength + length];
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(1), length);
        message.WriteTo(bytes.AsSpan(PrefixLength));
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_address, method))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(bytes),
        };
        request.Content.Headers.ContentType = ContentType;
        request.Headers.TryAddWithoutValidation("te", "trailers");
        request.Headers.TryAddWithoutValidation("grpc-timeout", string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, (long)left.TotalMilliseconds)}m"));
        if (_options.Token is not null)
            request.Headers.TryAddWithoutValidation("authorization", $"Bearer {_options.Token}");
        return request;
    }

    private async Task<byte[]> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var buffer = new byte[16 << 10];
        while (await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var read)
        {
            if (body.Length + read > _options.MaxMessageBytes + PrefixLength)
                throw new EventStoreException(GrpcStatus.ResourceExhausted, $"the answer has more than the {_options.MaxMessageBytes:N0} bytes that are taken");
            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    private static void ThrowIfFailed(HttpResponseMessage response)
    {
        var status = Header(response, "grpc-status");
        if (status is null)
        {
            throw new EventStoreException(
                response.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout ? GrpcStatus.Unavailable : GrpcStatus.Unknown,
                $"the answer is not gRPC: HTTP status {(int)response.StatusCode}");
        }

        if (!int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var code))
            throw new EventStoreException(GrpcStatus.Unknown, $"the answer has the status '{status}'");
        if (code != 0)
            throw new EventStoreException((GrpcStatus)code, Uri.UnescapeDataString(Header(response, "grpc-message") ?? ""));
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.TrailingHeaders.TryGetValues(name, out var values) || response.Headers.TryGetValues(name, out values) ? values.FirstOrDefault() : null;

    private static T Parse<T>(byte[] body, MessageParser<T> parser)
        where T : IMessage<T>
    {
        if (body.Length < PrefixLength || body[0] != 0 || BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(1)) != body.Length - PrefixLength)
            throw new EventStoreException(GrpcStatus.Internal, "the answer is not one uncompressed message");
        try
        {
            return parser.ParseFrom(body, PrefixLength, body.Length - PrefixLength);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new EventStoreException(GrpcStatus.Internal, $"the answer cannot be read: {e.Message}", e);
        }
    }

    private static bool MayRetry(EventStoreException error, Retry retry) =>
        error.Status is GrpcStatus.Unavailable
        && (retry is Retry.Always || error.InnerException is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError });

    /// <summary>Doubles from one attempt to the next, and is spread so that clients which failed together do not come back together.</summary>
    private static TimeSpan DelayBefore(int attempt) => FirstDelay * (Math.Pow(2, attempt - 1) * (0.5 + Random.Shared.NextDouble()));
}
