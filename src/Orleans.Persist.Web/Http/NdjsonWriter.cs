using Microsoft.AspNetCore.Http;
using Orleans.Persist.Journal;
using Orleans.Persist.Web.CloudEvents;

namespace Orleans.Persist.Web.Http;

/// <summary>Writes events one a line, as they are read: memory stays bounded however many there are, and a slow reader slows the reading.</summary>
internal static class NdjsonWriter
{
    private const int FlushAt = 64 * 1024;

    /// <summary>Writes all events. Nothing is sent before the first 64 KiB are there or all have been read, so that an error up to then is still told.</summary>
    public static async Task WriteAsync(HttpResponse response, IAsyncEnumerable<RecordedEvent> events, CancellationToken cancellationToken)
    {
        response.ContentType = "application/x-ndjson";
        response.Headers.CacheControl = "no-store";
        var output = response.BodyWriter;
        using var writer = new CloudEventWriter(output);
        await foreach (var @event in events.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            writer.WriteLine(@event);
            if (output.UnflushedBytes >= FlushAt)
                await output.FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
    }
}
