using System.Text;
using System.Text.Json;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Web.CloudEvents;

/// <summary>Reads events in the JSON format of CloudEvents 1.0. Extension attributes become metadata; a JSON payload keeps its bytes.</summary>
internal static class CloudEventJson
{
    /// <summary>How deep JSON may be nested.</summary>
    public const int MaxDepth = 64;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth };

    /// <summary>Reads one event. Its payload is a copy.</summary>
    /// <param name="json">Valid UTF-8.</param>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    /// <exception cref="FormatException">It is JSON but no CloudEvent 1.0; the message says why.</exception>
    public static EventData Read(ReadOnlyMemory<byte> json)
    {
        var reader = new Utf8JsonReader(json.Span, Options);
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartArray)
            throw new FormatException("the line holds a JSON array; put each event on a line of its own (jq -c '.[]' does that).");
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new FormatException("the line is no JSON object.");
        var @event = ReadObject(json, ref reader, copy: true);
        if (reader.Read())
            throw new FormatException("there is more than one JSON value on the line.");
        return @event;
    }

    /// <summary>Reads one event that a message consists of. Its payload stays in <paramref name="json"/>.</summary>
    /// <inheritdoc cref="Read"/>
    public static EventData ReadMessage(ReadOnlyMemory<byte> json)
    {
        var reader = new Utf8JsonReader(json.Span, Options);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new FormatException($"an event is a JSON object, not {NameOf(reader.TokenType)}. (A batch has the media type application/cloudevents-batch+json.)");
        var @event = ReadObject(json, ref reader, copy: false);
        reader.Read();
        return @event;
    }

    /// <summary>Reads a batch, which is a JSON array. The events' payloads stay in <paramref name="json"/>.</summary>
    /// <param name="json">Valid UTF-8.</param>
    /// <param name="maxEvents">The most events there may be.</param>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    /// <exception cref="BatchTooLargeException">There are more events.</exception>
    /// <exception cref="FormatException">It is JSON but no batch of CloudEvents 1.0; the message says which event is wrong (counted from 0) and why.</exception>
    public static EventData[] ReadBatch(ReadOnlyMemory<byte> json, int maxEvents)
    {
        var reader = new Utf8JsonReader(json.Span, Options);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new FormatException($"a batch is a JSON array of events, not {NameOf(reader.TokenType)}.");
        var events = new List<EventData>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (events.Count == maxEvents)
                throw new BatchTooLargeException(maxEvents);
            if (reader.TokenType != JsonTokenType.StartObject)
                throw new FormatException($"event {events.Count}: it is no JSON object.");
            try
            {
                events.Add(ReadObject(json, ref reader, copy: false));
            }
            catch (FormatException e)
            {
                throw new FormatException($"event {events.Count}: {e.Message}", e);
            }
        }

        reader.Read();
        return [.. events];
    }

    private static EventData ReadObject(ReadOnlyMemory<byte> json, ref Utf8JsonReader reader, bool copy)
    {
        var fields = default(CloudEventFields);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Name(ref reader);
            reader.Read();
            if (name == CloudEventNames.Data)
                fields.SetData(RawValue(json, ref reader, out var isString), isString);
            else if (reader.TokenType != JsonTokenType.Null)
                fields.Set(name, Scalar(ref reader, name));
        }

        return fields.ToEvent(copy);
    }

    private static ReadOnlyMemory<byte>? RawValue(ReadOnlyMemory<byte> json, ref Utf8JsonReader reader, out bool isString)
    {
        isString = reader.TokenType == JsonTokenType.String;
        if (reader.TokenType == JsonTokenType.Null)
            return null;
        var begin = (int)reader.TokenStartIndex;
        reader.Skip();
        return json[begin..(int)reader.BytesConsumed];
    }

    /// <summary>Names, and the values of type and source, come again and again.</summary>
    private static string Name(ref Utf8JsonReader reader) =>
        reader.ValueIsEscaped ? reader.GetString()! : Utf8Pool.Shared.Get(reader.ValueSpan);

    private static string Scalar(ref Utf8JsonReader reader, string name) => reader.TokenType switch
    {
        JsonTokenType.String => name is CloudEventNames.Id or CloudEventNames.Subject or CloudEventNames.Time or CloudEventNames.DataBase64
            ? reader.GetString()! : Name(ref reader),
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan),
        _ => throw new FormatException($"the attribute '{Shown.Of(name)}' is no string, number or boolean."),
    };

    private static string NameOf(JsonTokenType token) => token switch
    {
        JsonTokenType.StartArray => "an array",
        JsonTokenType.StartObject => "an object",
        JsonTokenType.String => "a string",
        JsonTokenType.Null => "null",
        _ => "a number or boolean",
    };
}
