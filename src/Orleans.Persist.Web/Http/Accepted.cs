using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Orleans.Persist.Web.Http;

/// <summary>Reads the header <c>Accept</c>.</summary>
internal static class Accepted
{
    private static readonly (MediaTypeHeaderValue Type, ResponseFormat Format)[] Offered =
    [
        (new("application/json"), ResponseFormat.Json),
        (new("application/x-ndjson"), ResponseFormat.Ndjson),
        (new("application/jsonl"), ResponseFormat.Ndjson),
        (new("text/event-stream"), ResponseFormat.ServerSentEvents),
    ];

    /// <summary>The format that is wanted most; JSON where the request does not say.</summary>
    public static ResponseFormat Of(HttpRequest request)
    {
        if (request.Headers.Accept.Count == 0)
            return ResponseFormat.Json;
        foreach (var (type, format) in Offered)
        {
            if (request.Headers.Accept is [{ } only] && type.MediaType.Equals(only, StringComparison.OrdinalIgnoreCase))
                return format; // nothing to weigh
        }

        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var ranges))
            throw RequestException.Bad("The header 'Accept' cannot be read.");
        foreach (var range in ranges.OrderByDescending(range => range.Quality ?? 1).ThenBy(Breadth))
        {
            if (range.Quality is not 0 && Offered.FirstOrDefault(offer => offer.Type.IsSubsetOf(range)) is { Format: not ResponseFormat.None } offered)
                return offered.Format;
        }

        return ResponseFormat.None;
    }

    private static int Breadth(MediaTypeHeaderValue range) => range.MatchesAllTypes ? 2 : range.MatchesAllSubTypes ? 1 : 0;
}
