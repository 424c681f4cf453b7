using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orleans.Persist.Web.Security;

namespace Orleans.Persist.Web.Http;

/// <summary>The page at <c>/</c>: sources, sinks and live events, by the same API as everybody's. It loads nothing from elsewhere, and tells nothing itself, so it needs no key.</summary>
internal static class ConsolePage
{
    private const string Resource = "console.html";
    private const string Policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private static readonly byte[] Page = Load();

    /// <summary>Maps the page.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/", (HttpContext context) =>
        {
            context.Response.Headers.ContentSecurityPolicy = Policy;
            context.Response.Headers.XContentTypeOptions = "nosniff";
            return TypedResults.Bytes(Page, "text/html; charset=utf-8");
        }).WithMetadata(new OpenToAllAttribute()).ExcludeFromDescription();

    private static byte[] Load()
    {
        using var stream = typeof(ConsolePage).Assembly.GetManifestResourceStream(Resource) ?? throw new InvalidOperationException($"The resource '{Resource}' is missing.");
        var page = new byte[stream.Length];
        stream.ReadExactly(page);
        return page;
    }
}
