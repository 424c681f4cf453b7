using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Orleans.Persist.Web.CloudEvents;

namespace Orleans.Persist.Web.Http;

/// <summary>Reads requests that are no events.</summary>
internal static class JsonBody
{
    private const int MaxBytes = 1024 * 1024;

    /// <summary>The request, or null where the body is empty.</summary>
    /// <exception cref="RequestException">The body is no such JSON.</exception>
    public static async ValueTask<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        using var body = await RequestBody.ReadAsync(context, MaxBytes, cancellationToken).ConfigureAwait(false);
        if (body.Bytes.IsEmpty)
            return null;
        if (!context.Request.HasJsonContentType())
            throw new RequestException(415, ProblemCodes.MediaType, $"The body is application/json, not '{Shown.Of(context.Request.ContentType ?? "")}'.");
        try
        {
            return JsonSerializer.Deserialize(body.Bytes.Span, type) ?? throw RequestException.Bad("The body is null.");
        }
        catch (JsonException e)
        {
            throw RequestException.Bad($"The body is not as it must be: {e.Message}", e);
        }
    }
}
