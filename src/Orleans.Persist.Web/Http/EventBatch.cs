using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Orleans.Persist.Journal;
using Orleans.Persist.Web.CloudEvents;

namespace Orleans.Persist.Web.Http;

/// <summary>The events of a request, in any mode of the HTTP binding of CloudEvents 1.0.</summary>
internal static class EventBatch
{
    private const string Structured = "application/cloudevents+json";
    private const string Batch = "application/cloudevents-batch+json";

    /// <summary>Reads the events. Their payloads stay in <paramref name="body"/>.</summary>
    /// <exception cref="RequestException">The body is not what its media type says, or that is not known.</exception>
    /// <exception cref="BatchTooLargeException">There are too many events.</exception>
    public static EventData[] Read(HttpRequest request, ReadOnlyMemory<byte> body, int maxEvents)
    {
        var mediaType = MediaTypeHeaderValue.TryParse(request.ContentType, out var parsed) ? parsed.MediaType.Value : null;
        try
        {
            if (Is(Batch))
                return CloudEventJson.ReadBatch(Utf8Text(parsed, body), maxEvents);
            if (Is(Structured))
                return [CloudEventJson.ReadMessage(Utf8Text(parsed, body))];
            if (CloudEventHeaders.ArePresent(request.Headers))
                return [CloudEventHeaders.Read(request.Headers, request.ContentType, body)];
        }
        catch (JsonException e)
        {
            throw new RequestException(400, ProblemCodes.BadEvent, $"The body is not JSON, at line {(e.LineNumber ?? 0) + 1}, byte {(e.BytePositionInLine ?? 0) + 1}: {e.Message.Split(" LineNumber:")[0]}", e);
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException) // the latter: half of a surrogate pair
        {
            throw new RequestException(400, ProblemCodes.BadEvent, $"The body is no CloudEvent: {e.Message}", e);
        }

        throw new RequestException(
            415, ProblemCodes.MediaType, $"Events come as {Structured}, as {Batch}, or in binary mode with headers ce-specversion, ce-id, ce-source and ce-type; not as '{Shown.Of(request.ContentType ?? "")}' without these.");

        bool Is(string expected) => string.Equals(mediaType, expected, StringComparison.OrdinalIgnoreCase);
    }

    private static ReadOnlyMemory<byte> Utf8Text(MediaTypeHeaderValue? mediaType, ReadOnlyMemory<byte> body)
    {
        if (mediaType?.Charset is { HasValue: true } charset && !charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            throw new RequestException(415, ProblemCodes.MediaType, $"JSON is read as UTF-8, not as '{Shown.Of(charset.Value!)}'.");
        if (body.Span.StartsWith("\uFEFF"u8))
            body = body[3..];
        return Utf8.IsValid(body.Span) ? body : throw new FormatException("it is not valid UTF-8.");
    }
}
