using System.Buffers;
using System.Buffers.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Web.CloudEvents;

/// <summary>Writes events as CloudEvents 1.0 in JSON, each on one line.</summary>
/// <param name="output">Where they go. Nothing of an event is kept back.</param>
internal sealed class CloudEventWriter(IBufferWriter<byte> output) : IDisposable
{
    // Its text need not be made for each event.
    private const string MostOften = "application/json";
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = CloudEventJson.MaxDepth };
    private readonly Utf8JsonWriter _json = new(output, Options);

    /// <summary>Writes one event, without a line's end.</summary>
    public void Write(RecordedEvent @event)
    {
        var body = @event.Body.Span;
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteString(Names.SpecVersion, Names.One);
        if (EventBody.Has(body, EventField.Id))
            _json.WriteString(Names.Id, EventBody.Field(body, EventField.Id));
        else
            _json.WriteString(Names.Id, @event.Id);
        if (EventBody.Has(body, EventField.Source))
            _json.WriteString(Names.Source, EventBody.Field(body, EventField.Source));
        else
            _json.WriteString(Names.Source, @event.Source);
        _json.WriteString(Names.Type, EventBody.Field(body, EventField.Type));
        if (EventBody.Has(body, EventField.Subject))
            _json.WriteString(Names.Subject, EventBody.Field(body, EventField.Subject));
        WriteTime(Names.Time, @event.Time);
        var hasContentType = EventBody.Has(body, EventField.ContentType);
        var contentType = hasContentType ? EventBody.Field(body, EventField.ContentType) : default;
        if (hasContentType)
            _json.WriteString(Names.DataContentType, contentType);
        WriteSequence(@event.Version);
        WriteTime(Names.RecordedTime, @event.Recorded);
        if (@event.SchemaVersion is not 1 and var version)
            _json.WriteNumber("schemaversion"u8, version);
        if (@event.Tags is { Count: > 0 } tags)
            _json.WriteString("tags"u8, TagList.Join(tags));
        foreach (var (name, value) in @event.Metadata)
            _json.WriteString(CloudEventNames.IsGivenByJournal(name) ? CloudEventNames.PublisherPrefix + name : name, value);
        WriteData(contentType.SequenceEqual("application/json"u8) ? MostOften : @event.ContentType, @event.Data);
        _json.WriteEndObject();
        _json.Flush();
    }

    /// <summary>Writes an event that is to be published, without a line's end.</summary>
    /// <param name="event">The event.</param>
    /// <param name="source">Its source where it names none.</param>
    /// <exception cref="ArgumentException">It has no id, which a CloudEvent must have.</exception>
    public void Write(EventData @event, string source)
    {
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteString(Names.SpecVersion, Names.One);
        _json.WriteString(Names.Id, @event.Id ?? throw new ArgumentException("An event that goes over HTTP needs an id.", nameof(@event)));
        _json.WriteString(Names.Source, @event.Source ?? source);
        _json.WriteString(Names.Type, @event.Type);
        if (@event.Subject is { } subject)
            _json.WriteString(Names.Subject, subject);
        if (@event.Time is { } time)
            WriteTime(Names.Time, time);
        if (@event.ContentType is { } contentType)
            _json.WriteString(Names.DataContentType, contentType);
        if (@event.SchemaVersion is not 1 and var version)
            _json.WriteNumber("schemaversion"u8, version);
        if (@event.Tags is { Count: > 0 } tags)
            _json.WriteString("tags"u8, TagList.Join(tags));
        foreach (var (name, value) in @event.Metadata)
            _json.WriteString(name, value);
        WriteData(@event.ContentType, @event.Data);
        _json.WriteEndObject();
        _json.Flush();
    }

    /// <summary>Writes one event and the line's end (NDJSON).</summary>
    public void WriteLine(RecordedEvent @event)
    {
        Write(@event);
        output.Write("\n"u8);
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private void WriteTime(JsonEncodedText name, DateTimeOffset time)
    {
        Span<byte> text = stackalloc byte[TimeText.MaxLength];
        _json.WriteString(name, text[..TimeText.Format(time, text)]);
    }

    private void WriteSequence(long version)
    {
        Span<byte> text = stackalloc byte[20];
        Utf8Formatter.TryFormat(version, text, out var length);
        _json.WriteString(Names.Sequence, text[..length]);
    }

    private void WriteData(string? contentType, ReadOnlyMemory<byte> data)
    {
        if (data.IsEmpty)
            return;
        if (contentType is not null && CloudEventNames.IsJson(contentType) && WriteJson(data))
            return;
        if (contentType?.StartsWith("text/", StringComparison.OrdinalIgnoreCase) == true && Utf8.IsValid(data.Span))
            _json.WriteString("data"u8, data.Span);
        else
            _json.WriteBase64String("data_base64"u8, data.Span);
    }

    /// <summary>A payload that says it is JSON and isn't goes out as bytes; line breaks in it would break the line.</summary>
    private bool WriteJson(ReadOnlyMemory<byte> data)
    {
        if (!Utf8.IsValid(data.Span))
            return false;
        try
        {
            if (data.Span.IndexOfAny((byte)'\n', (byte)'\r') < 0)
            {
                var reader = new Utf8JsonReader(data.Span, ReaderOptions);
                while (reader.Read())
                {
                }

                _json.WritePropertyName("data"u8);
                _json.WriteRawValue(data.Span, skipInputValidation: true);
                return true;
            }

            using var document = JsonDocument.Parse(data);
            _json.WritePropertyName("data"u8);
            document.RootElement.WriteTo(_json);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Names escaped once, and not for every event.</summary>
    private static class Names
    {
        public static readonly JsonEncodedText SpecVersion = JsonEncodedText.Encode(CloudEventNames.SpecVersion);
        public static readonly JsonEncodedText One = JsonEncodedText.Encode("1.0");
        public static readonly JsonEncodedText Id = JsonEncodedText.Encode(CloudEventNames.Id);
        public static readonly JsonEncodedText Source = JsonEncodedText.Encode(CloudEventNames.Source);
        public static readonly JsonEncodedText Type = JsonEncodedText.Encode(CloudEventNames.Type);
        public static readonly JsonEncodedText Subject = JsonEncodedText.Encode(CloudEventNames.Subject);
        public static readonly JsonEncodedText Time = JsonEncodedText.Encode(CloudEventNames.Time);
        public static readonly JsonEncodedText DataContentType = JsonEncodedText.Encode(CloudEventNames.DataContentType);
        public static readonly JsonEncodedText Sequence = JsonEncodedText.Encode(CloudEventNames.Sequence);
        public static readonly JsonEncodedText RecordedTime = JsonEncodedText.Encode(CloudEventNames.RecordedTime);
    }
}
