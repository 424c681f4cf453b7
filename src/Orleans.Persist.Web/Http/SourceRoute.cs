using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Orleans.Persist.Journal;
using Orleans.Persist.Sources;

namespace Orleans.Persist.Web.Http;

/// <summary>The names that a path carries. A name may hold any character, a slash too, percent-encoded.</summary>
internal static class SourceRoute
{
    /// <summary>The source named by <c>/sources/{name}/…</c>; it need not have events.</summary>
    /// <exception cref="RequestException">The name breaks the rule.</exception>
    public static async ValueTask<IEventSource> GetAsync(HttpContext context, IPersistEngine engine, CancellationToken cancellationToken)
    {
        try
        {
            return await engine.GetSourceAsync(Name(context, "name"), cancellationToken).ConfigureAwait(false);
        }
        catch (ArgumentException e)
        {
            throw RequestException.Bad(e.Message, e);
        }
    }

    /// <summary>The source, and its state; it must have had events.</summary>
    /// <exception cref="RequestException">It has had none.</exception>
    public static async ValueTask<(IEventSource Source, StreamHead Head)> GetKnownAsync(HttpContext context, IPersistEngine engine, CancellationToken cancellationToken)
    {
        var source = await GetAsync(context, engine, cancellationToken).ConfigureAwait(false);
        var head = await source.GetHeadAsync(cancellationToken).ConfigureAwait(false);
        return head.Exists
            ? (source, head)
            : throw new RequestException(404, ProblemCodes.SourceNotFound, $"There is no source '{CloudEvents.Shown.Of(source.Name)}': nothing has been published to it. GET /sources lists those that are there.");
    }

    /// <summary>A name in the path.</summary>
    /// <remarks>The server decodes a path once and leaves <c>%2F</c> in it, so that it can no longer be told from a name that holds these three characters: the request's own line tells.</remarks>
    public static string Name(HttpContext context, string parameter)
    {
        var value = (string)context.GetRouteValue(parameter)!;
        if (!value.Contains('%', StringComparison.Ordinal) || context.Features.Get<IHttpRequestFeature>()?.RawTarget is not ['/', ..] target)
            return value;
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var raw = (query < 0 ? target : target[..query]).Split('/');
        var decoded = (context.Request.PathBase + context.Request.Path).Value!.Split('/');
        var index = 1 + Segments(context.Request.PathBase) + IndexOf(((RouteEndpoint)context.GetEndpoint()!).RoutePattern, parameter);
        return raw.Length == decoded.Length ? Uri.UnescapeDataString(raw[index]) : value;
    }

    private static int Segments(PathString path) => path.Value?.Count(c => c == '/') ?? 0;

    private static int IndexOf(RoutePattern pattern, string parameter)
    {
        for (var i = 0; i < pattern.PathSegments.Count; i++)
        {
            if (pattern.PathSegments[i].Parts is [RoutePatternParameterPart part] && part.Name == parameter)
                return i;
        }

        throw new ArgumentException($"The route has no parameter '{parameter}'.", nameof(parameter));
    }
}
