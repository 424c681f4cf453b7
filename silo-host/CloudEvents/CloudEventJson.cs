using System.Globalization;
using System.Text.Json;
using Orleans.Persist.Journal;
using Orleans.Persist.SiloHost.Ingest;

namespace Orleans.Persist.SiloHost.CloudEvents;

/// <summary>Reads an event in the JSON format of CloudEvents 1.0.</summary>
internal static class CloudEventJson
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = InputLimits.MaxDepth };

    /// <summary>Reads one event. Extension attributes become metadata; a JSON payload keeps its bytes.</summary>
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
        var fields = new CloudEventFields();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (!fields.Names.Add(name))
                throw new FormatException($"the attribute '{Shown.Of(name)}' is there twice.");
            if (name == CloudEventNames.Data)
                fields.Data = RawValue(json, ref reader, out fields.DataIsString);
            else if (reader.TokenType != JsonTokenType.Null)
                Set(fields, name, Scalar(ref reader, name));
        }

        if (reader.Read())
            throw new FormatException("there is more than one JSON value on the line.");
        return fields.ToEvent();
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

    private static string Scalar(ref Utf8JsonReader reader, string name) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString()!,
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        JsonTokenType.Number => System.Text.Encoding.UTF8.GetString(reader.ValueSpan),
        _ => throw new FormatException($"the attribute '{Shown.Of(name)}' is no string, number or boolean."),
    };

    private static void Set(CloudEventFields fields, string name, string value)
    {
        switch (name)
        {
            case CloudEventNames.SpecVersion:
                fields.SpecVersion = value;
                break;
            case CloudEventNames.Id:
                fields.Id = value;
                break;
            case CloudEventNames.Source:
                fields.Source = value;
                break;
            case CloudEventNames.Type:
                fields.Type = value;
                break;
            case CloudEventNames.Subject:
                fields.Subject = value;
                break;
            case CloudEventNames.Time:
                fields.Time = TimeText.TryParse(value, out var time)
                    ? time
                    : throw new FormatException($"the attribute 'time' is '{Shown.Of(value)}', which is no time; {TimeText.Expected}.");
                break;
            case CloudEventNames.DataContentType:
                fields.ContentType = value;
                break;
            case CloudEventNames.DataBase64:
                fields.Base64 = value;
                break;
            case CloudEventNames.Tags:
                fields.Tags = TagList.Split(value);
                break;
            case CloudEventNames.SchemaVersion when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var version):
                fields.SchemaVersion = version;
                break;
            default:
                fields.Metadata[name] = value;
                break;
        }
    }
}
