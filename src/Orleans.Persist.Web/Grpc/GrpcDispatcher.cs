using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Orleans.Persist.Web.Grpc;

/// <summary>Serves gRPC calls: finds the method, bounds its time, and ends what it answers with a status in the trailers.</summary>
/// <remarks>Protocol: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md. Nothing is compressed.</remarks>
internal sealed class GrpcDispatcher(IEnumerable<GrpcMethod> methods, GrpcServiceOptions options, ILogger logger, CancellationToken stopping)
{
    private const string ContentType = "application/grpc";
    private const string StatusHeader = "grpc-status";
    private const string MessageHeader = "grpc-message";
    private const string AcceptEncoding = "grpc-accept-encoding";
    private const long MostBytesReceived = 256L << 20;
    private static readonly TimeSpan LongestStream = TimeSpan.FromDays(24);
    private readonly FrozenDictionary<string, GrpcMethod> _methods = methods.ToFrozenDictionary(method => method.Path, StringComparer.Ordinal);
    private readonly GrpcMemory _memory = new(Math.Max(MostBytesReceived, options.MaxMessageBytes));
    private readonly byte[]? _authorization = options.Token is null ? null : Encoding.UTF8.GetBytes($"Bearer {options.Token}");

    public async Task InvokeAsync(HttpContext context)
    {
        if (!IsGrpc(context))
            return;
        context.Response.ContentType = ContentType;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var isStream = false;
        try
        {
            var method = Find(context.Request);
            isStream = method.IsStream;
            var timeout = GrpcTimeout.Parse(context.Request.Headers["grpc-timeout"], isStream ? LongestStream : options.CallTimeout);
            ending.CancelAfter(timeout);
            ending.Token.ThrowIfCancellationRequested();
            using var stop = isStream ? stopping.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), ending) : default;
            await method.InvokeAsync(context, options, _memory, ending.Token).ConfigureAwait(false);
            context.Response.AppendTrailer(StatusHeader, "0");
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone: there is nobody to answer.
        }
        catch (OperationCanceledException) when (isStream && stopping.IsCancellationRequested)
        {
            Refuse(context.Response, GrpcStatus.Unavailable, "the server stops");
        }
        catch (Exception e)
        {
            var status = GrpcErrors.StatusOf(e, deadlinePassed: ending.IsCancellationRequested);
            if (status is null)
                logger.CallFailed(e, context.Request.Path);
            Refuse(context.Response, status?.Status ?? GrpcStatus.Internal, status?.Message ?? "the service has failed; its log says how");
        }
    }

    /// <summary>What is no gRPC is answered in the terms of HTTP.</summary>
    private static bool IsGrpc(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        response.StatusCode = StatusCodes.Status200OK;
        if (!HttpProtocol.IsHttp2(request.Protocol))
            response.StatusCode = StatusCodes.Status426UpgradeRequired;
        else if (!HttpMethods.IsPost(request.Method))
            response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        else if (!IsGrpc(request.ContentType))
            response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
        return response.StatusCode == StatusCodes.Status200OK;
    }

    private static bool IsGrpc(string? contentType)
    {
        if (contentType is null || !contentType.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase))
            return false;
        var rest = contentType.AsSpan(ContentType.Length);
        if (rest.StartsWith("+proto", StringComparison.OrdinalIgnoreCase))
            rest = rest["+proto".Length..];
        return rest.IsEmpty || rest[0] is ';' or ' ';
    }

    private GrpcMethod Find(HttpRequest request)
    {
        if (_authorization is not null && !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(request.Headers.Authorization.ToString()), _authorization))
            throw new GrpcException(GrpcStatus.Unauthenticated, "the call has no authorization, or a wrong one");
        if (!_methods.TryGetValue(request.Path.Value ?? "", out var method))
            throw new GrpcException(GrpcStatus.Unimplemented, $"unknown method {request.Path}");
        var encoding = request.Headers["grpc-encoding"].ToString();
        return encoding is "" or "identity" ? method : throw new GrpcException(GrpcStatus.Unimplemented, $"compression is not supported: {encoding}");
    }

    private static void Refuse(HttpResponse response, GrpcStatus status, string message)
    {
        var code = ((int)status).ToString(CultureInfo.InvariantCulture);
        if (response.HasStarted)
        {
            response.AppendTrailer(StatusHeader, code);
            response.AppendTrailer(MessageHeader, PercentEncode(message));
            return;
        }

        // Without a message the trailers are the only header block there is.
        response.Headers[StatusHeader] = code;
        response.Headers[MessageHeader] = PercentEncode(message);
        if (status is GrpcStatus.Unimplemented)
            response.Headers[AcceptEncoding] = "identity";
    }

    /// <summary>Everything but printable ASCII, and the percent sign, as %XX of its UTF-8.</summary>
    private static string PercentEncode(string message)
    {
        const int Longest = 2_000;
        var text = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(message.Length <= Longest ? message : message[..Longest]))
            _ = b is >= 0x20 and <= 0x7E and not (byte)'%' ? text.Append((char)b) : text.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        return text.ToString();
    }
}
