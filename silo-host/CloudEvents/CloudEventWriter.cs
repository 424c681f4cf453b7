using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Orleans.Persist.Journal;
using Orleans.Persist.SiloHost.Ingest;

namespace Orleans.Persist.SiloHost.CloudEvents;

/// <summary>Writes events as CloudEvents 1.0 in JSON, one a line (NDJSON).</summary>
internal sealed class CloudEventWriter : IDisposable
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
    private readonly ArrayBufferWriter<byte> _buffer = new(4096);
    private readonly Utf8JsonWriter _json;

    public CloudEventWriter() => _json = new Utf8JsonWriter(_buffer, Options);

    /// <summary>What has been written and not taken away with <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.WrittenMemory;

    /// <summary>Empties the buffer.</summary>
    public void Clear() => _buffer.ResetWrittenCount();

    /// <summary>Adds the line of one event.</summary>
    public void Write(RecordedEvent @event)
    {
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteString(CloudEventNames.SpecVersion, "1.0");
        _json.WriteString(CloudEventNames.Id, @event.Id);
        _json.WriteString(CloudEventNames.Source, @event.Source);
        _json.WriteString(CloudEventNames.Type, @event.Type);
        if (@event.Subject is { } subject)
            _json.WriteString(CloudEventNames.Subject, subject);
        _json.WriteString(CloudEventNames.Time, TimeText.Format(@event.Time));
        if (@event.ContentType is { } contentType)
            _json.WriteString(CloudEventNames.DataContentType, contentType);
        _json.WriteString(CloudEventNames.Sequence, @event.Version.ToString(CultureInfo.InvariantCulture));
        _json.WriteString(CloudEventNames.RecordedTime, TimeText.Format(@event.Recorded));
        if (@event.SchemaVersion != 1)
            _json.WriteNumber(CloudEventNames.SchemaVersion, @event.SchemaVersion);
        if (@event.Tags is { Count: > 0 } tags)
            _json.WriteString(CloudEventNames.Tags, TagList.Join(tags));
        foreach (var (name, value) in @event.Metadata)
            _json.WriteString(CloudEventNames.IsGivenByJournal(name) ? CloudEventNames.PublisherPrefix + name : name, value);
        WriteData(@event);
        _json.WriteEndObject();
        _json.Flush();
        _buffer.Write("\n"u8);
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private void WriteData(RecordedEvent @event)
    {
        var data = @event.Data;
        if (data.IsEmpty)
            return;
        if (CloudEventNames.IsJson(@event.ContentType) && @event.ContentType is not null && WriteJson(data))
            return;
        if (@event.ContentType?.StartsWith("text/", StringComparison.OrdinalIgnoreCase) == true && Utf8.IsValid(data.Span))
            _json.WriteString(CloudEventNames.Data, Encoding.UTF8.GetString(data.Span));
        else
            _json.WriteBase64String(CloudEventNames.DataBase64, data.Span);
    }

    /// <summary>A payload that says it is JSON and isn't goes out as bytes; line breaks in it would break the line.</summary>
    private bool WriteJson(ReadOnlyMemory<byte> data)
    {
        try
        {
            if (data.Span.IndexOfAny((byte)'\n', (byte)'\r') < 0)
            {
                var reader = new Utf8JsonReader(data.Span);
                while (reader.Read())
                {
                }

                _json.WritePropertyName(CloudEventNames.Data);
                _json.WriteRawValue(data.Span, skipInputValidation: true);
                return true;
            }

            using var document = JsonDocument.Parse(data);
            _json.WritePropertyName(CloudEventNames.Data);
            document.RootElement.WriteTo(_json);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
