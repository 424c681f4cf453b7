using System.Buffers;
using Microsoft.AspNetCore.Http;
using Orleans.Persist.Journal;
using Orleans.Persist.Web.CloudEvents;

namespace Orleans.Persist.Web.Http;

/// <summary>Writes events one a line, as they are read: memory stays bounded however many there are, and a slow reader slows the reading.</summary>
internal static class NdjsonWriter
{
    private const int FirstSize = 16 * 1024;

    // The buffer doubles up to here: it stays below the size from which the runtime collects arrays late.
    private const int FlushAt = 32 * 1024;

    /// <summary>Writes all events. Nothing is sent before the first 32 KiB are there or all have been read, so that an error up to then is still told.</summary>
    public static async Task WriteAsync(HttpResponse response, IAsyncEnumerable<RecordedEvent> events, CancellationToken cancellationToken)
    {
        response.ContentType = "application/x-ndjson";
        response.Headers.CacheControl = "no-store";

        // Writing each piece of an event to the response takes the server's locks several times for every event.
        var buffer = new ArrayBufferWriter<byte>(FirstSize);
        using var writer = new CloudEventWriter(buffer);
        await foreach (var @event in events.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            writer.WriteLine(@event);
            if (buffer.WrittenCount < FlushAt)
                continue;
            await response.BodyWriter.WriteAsync(buffer.WrittenMemory, cancellationToken).ConfigureAwait(false);
            buffer.ResetWrittenCount();
        }

        if (!response.HasStarted)
            response.ContentLength = buffer.WrittenCount;
        await response.BodyWriter.WriteAsync(buffer.WrittenMemory, cancellationToken).ConfigureAwait(false);
    }
}
