using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Orleans.Persist.Subscriptions;
using Orleans.Persist.Web.CloudEvents;

namespace Orleans.Persist.Web.Http;

/// <summary>Writes what was taken from a subscription: <c>{"lease":"…","incarnation":1,"until":"…","attempts":[…],"events":[…]}</c>.</summary>
internal static class LeaseWriter
{
    private const int FlushAt = 64 * 1024;

    /// <summary>Writes the lease.</summary>
    public static async Task WriteAsync(HttpResponse response, SubscriptionLease lease, CancellationToken cancellationToken)
    {
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-store";
        var output = response.BodyWriter;
        using var writer = new CloudEventWriter(output);
        WriteHead(output, lease);
        for (var i = 0; i < lease.Events.Count; i++)
        {
            if (i > 0)
                output.Write(","u8);
            writer.Write(lease.Events[i].Event);
            if (output.UnflushedBytes >= FlushAt)
                await output.FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        output.Write("]}"u8);
        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private static void WriteHead(IBufferWriter<byte> output, SubscriptionLease lease)
    {
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true }))
        {
            json.WriteStartObject();
            json.WriteString("lease", lease.Id);
            json.WriteNumber("incarnation", lease.Incarnation);
            json.WriteString("until", TimeText.Format(lease.Until));
            json.WriteStartArray("attempts");
            foreach (var @event in lease.Events)
                json.WriteNumberValue(@event.Attempt);
            json.WriteEndArray();
            json.WritePropertyName("events");
        }

        output.Write("["u8);
    }
}
