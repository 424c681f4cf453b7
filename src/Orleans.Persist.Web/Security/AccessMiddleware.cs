using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Orleans.Persist.Web.Http;

namespace Orleans.Persist.Web.Security;

/// <summary>Lets in who shows a key; where none is configured, only requests that no foreign web page can have made.</summary>
internal sealed class AccessMiddleware(RequestDelegate next, IOptions<PersistWebOptions> options)
{
    private readonly ApiKeys _keys = new(options.Value.ApiKeys);

    /// <summary>Passes the request on or answers 401 or 403.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<OpenToAllAttribute>() is not null)
            return next(context);
        if (_keys.AreRequired)
        {
            if (_keys.Admit(context.Request.Headers.Authorization))
                return next(context);
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return Refuse(context, StatusCodes.Status401Unauthorized, ProblemCodes.Unauthorized, "Show a key: Authorization: Bearer KEY.");
        }

        // A page of another site that is open in a browser on this machine reaches loopback too, also under a name of its own (DNS rebinding).
        return IsForeign(context.Request)
            ? Refuse(context, StatusCodes.Status403Forbidden, ProblemCodes.Forbidden, "Pages of other sites are not let in. Configure an API key to serve names other than loopback's.")
            : next(context);
    }

    private static Task Refuse(HttpContext context, int status, string code, string detail) =>
        Problem.WriteAsync(context, Problem.Of(new RequestException(status, code, detail)));

    private static bool IsForeign(HttpRequest request)
    {
        if (request.Host.HasValue && !IsLoopbackName(request.Host.Host))
            return true;
        string? origin = request.Headers[HeaderNames.Origin];
        return origin is not null && !string.Equals(origin, $"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsLoopbackName(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (System.Net.IPAddress.TryParse(host.Trim('[', ']'), out var address) && System.Net.IPAddress.IsLoopback(address));
}
