using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Orleans.Persist.Journal;
using Orleans.Persist.Web.CloudEvents;

namespace Orleans.Persist.Web.Http;

/// <summary>Writes events as they come (server-sent events). Each has an id from which a client that was cut off goes on.</summary>
internal sealed class ServerSentEventWriter(HttpResponse response, TimeSpan keepAlive, TimeProvider time)
{
    private const int FlushAt = 64 * 1024;

    /// <summary>Writes events until there are no more or the client has gone.</summary>
    public async Task WriteAsync(IAsyncEnumerable<RecordedEvent> events, CancellationToken cancellationToken)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var output = response.BodyWriter;
        using var writer = new CloudEventWriter(output);
        await response.StartAsync(cancellationToken).ConfigureAwait(false);
        output.Write(": events of Orleans.Persist\n\n"u8);
        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reader = events.GetAsyncEnumerator(over.Token);
        var next = Task.FromResult(false);
        try
        {
            while (true)
            {
                var move = reader.MoveNextAsync();
                if (!move.IsCompletedSuccessfully)
                {
                    next = move.AsTask();
                    await output.FlushAsync(cancellationToken).ConfigureAwait(false);
                    if (!await WaitAsync(next, cancellationToken).ConfigureAwait(false))
                        break;
                }
                else if (!move.Result)
                {
                    break;
                }

                Write(output, writer, reader.Current);
                if (output.UnflushedBytes >= FlushAt)
                    await output.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // nothing may be under way when it is disposed of
            await reader.DisposeAsync().ConfigureAwait(false);
        }

        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private static void Write(IBufferWriter<byte> output, CloudEventWriter writer, RecordedEvent @event)
    {
        output.Write("id: "u8);
        output.Write(Encoding.ASCII.GetBytes(new LastEventId(@event.Incarnation, @event.Version).ToString()));
        output.Write("\ndata: "u8);
        writer.Write(@event);
        output.Write("\n\n"u8);
    }

    /// <summary>Waits for the next event, and says from time to time that the connection lives.</summary>
    private async Task<bool> WaitAsync(Task<bool> next, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var first = await Task.WhenAny(next, Task.Delay(keepAlive, time, over.Token)).ConfigureAwait(false);
            await over.CancelAsync().ConfigureAwait(false);
            if (first == next)
                return await next.ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            response.BodyWriter.Write(": alive\n\n"u8);
            await response.BodyWriter.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
