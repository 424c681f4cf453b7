using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Orleans.Persist.Sources;
using Orleans.Persist.Web.CloudEvents;

namespace Orleans.Persist.Web.Http;

/// <summary>Writes a page of events: <c>{"events":[…],"next":"…","atEnd":true}</c>.</summary>
internal static class PageWriter
{
    private const int FlushAt = 64 * 1024;

    /// <summary>Writes the page.</summary>
    public static async Task WriteAsync(HttpResponse response, EventPage page, CancellationToken cancellationToken)
    {
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-store";
        var output = response.BodyWriter;
        using var writer = new CloudEventWriter(output);
        output.Write("{\"events\":["u8);
        for (var i = 0; i < page.Events.Count; i++)
        {
            if (i > 0)
                output.Write(","u8);
            writer.Write(page.Events[i]);
            if (output.UnflushedBytes >= FlushAt)
                await output.FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        output.Write("],\"next\":"u8);
        WriteEnd(output, page);
        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private static void WriteEnd(IBufferWriter<byte> output, EventPage page)
    {
        using (var json = new Utf8JsonWriter(output))
            json.WriteStringValue(page.Next);
        output.Write(page.AtEnd ? ",\"atEnd\":true}"u8 : ",\"atEnd\":false}"u8);
    }
}
