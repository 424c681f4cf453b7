using System.Globalization;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Journal;

/// <summary>An immutable event as a journal gives it back.</summary>
/// <remarks>
/// Attributes are decoded from <see cref="Body"/> when they are asked for, so an event that is only passed on costs no decoding.
/// The event owns its bytes: it may be kept for any time.
/// </remarks>
public sealed class RecordedEvent
{
    private readonly long _recordedTicks;

    /// <summary>Makes an event from what a plug-in has stored.</summary>
    /// <param name="stream">The stream's name.</param>
    /// <param name="incarnation">The stream's incarnation, from 1.</param>
    /// <param name="version">The version within the incarnation, from 1.</param>
    /// <param name="position">The position in the whole journal, or 0 where the plug-in has none.</param>
    /// <param name="recorded">The journal's time; stored as UTC.</param>
    /// <param name="body">The event's bytes in the layout of <see cref="EventBody"/>. Must not change afterwards.</param>
    public RecordedEvent(string stream, int incarnation, long version, long position, DateTime recorded, ReadOnlyMemory<byte> body)
    {
        Stream = stream;
        Incarnation = incarnation;
        Version = version;
        Position = position;
        _recordedTicks = recorded.Ticks;
        Body = body;
    }

    /// <summary>The stream the event stands in.</summary>
    public string Stream { get; }

    /// <summary>The incarnation of the stream, from 1.</summary>
    public int Incarnation { get; }

    /// <summary>The event's version within its stream and incarnation: 1, 2, 3 …</summary>
    public long Version { get; }

    /// <summary>The event's place in the whole journal, from 1 upwards, or 0 where the plug-in has no such order.</summary>
    public long Position { get; }

    /// <summary>When the journal recorded the event (UTC). Never runs backwards within a stream.</summary>
    public DateTimeOffset Recorded => new(_recordedTicks, TimeSpan.Zero);

    /// <summary>The event in the layout of <see cref="EventBody"/>, as it is stored.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>The publisher's time (UTC).</summary>
    public DateTimeOffset Time => new(EventBody.TimeTicks(Body.Span), TimeSpan.Zero);

    /// <summary>The stable name of the event's type.</summary>
    public string Type => Utf8Pool.Shared.Get(EventBody.Field(Body.Span, EventField.Type));

    /// <summary>The event's id, unique within <see cref="Source"/>. Derived as <c>incarnation-version</c> where the publisher gave none.</summary>
    public string Id => EventBody.Has(Body.Span, EventField.Id)
        ? EventBody.Text(Body.Span, EventField.Id)!
        : string.Create(CultureInfo.InvariantCulture, $"{Incarnation}-{Version}");

    /// <summary>Who published the event; the stream's name where the publisher did not say.</summary>
    public string Source => EventBody.Has(Body.Span, EventField.Source)
        ? Utf8Pool.Shared.Get(EventBody.Field(Body.Span, EventField.Source))
        : Stream;

    /// <summary>The aggregate the event is about, if any.</summary>
    public string? Subject => EventBody.Text(Body.Span, EventField.Subject);

    /// <summary>The media type of <see cref="Data"/>, if any.</summary>
    public string? ContentType => EventBody.Has(Body.Span, EventField.ContentType)
        ? Utf8Pool.Shared.Get(EventBody.Field(Body.Span, EventField.ContentType))
        : null;

    /// <summary>The version of the payload's schema.</summary>
    public int SchemaVersion => EventBody.SchemaVersion(Body.Span);

    /// <summary>The event's tags.</summary>
    public IReadOnlyList<string> Tags => EventBody.Tags(Body.Span);

    /// <summary>Further attributes, see <see cref="MetadataNames"/>.</summary>
    public IReadOnlyDictionary<string, string> Metadata => EventBody.Metadata(Body.Span);

    /// <summary>The payload.</summary>
    public ReadOnlyMemory<byte> Data => Body[EventBody.DataOffset(Body.Span)..];

    /// <summary>Bytes that the engine keeps with the event, see <see cref="EventData.Kernel"/>.</summary>
    public ReadOnlyMemory<byte> Kernel
    {
        get
        {
            var (offset, length) = EventBody.Kernel(Body.Span);
            return Body.Slice(offset, length);
        }
    }

    /// <summary>The event as its publisher handed it in, for copying into another journal. Id, source and time are filled in.</summary>
    public EventData ToEventData() => new()
    {
        Type = Type,
        Data = Data,
        Id = Id,
        Source = Source,
        Time = Time,
        Subject = Subject,
        ContentType = ContentType,
        SchemaVersion = SchemaVersion,
        Tags = Tags,
        Metadata = Metadata,
        Kernel = Kernel,
    };

    /// <inheritdoc/>
    public override string ToString() => $"{Stream}#{Incarnation}.{Version} {Type}";
}
