using System.Globalization;
using System.Text;
using System.Text.Json;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Web.CloudEvents;

/// <summary>The attributes of a CloudEvent while it is read, from JSON or from headers.</summary>
internal struct CloudEventFields
{
    private string? _specVersion;
    private string? _id;
    private string? _source;
    private string? _type;
    private string? _subject;
    private string? _contentType;
    private string? _base64;
    private DateTimeOffset? _time;
    private int? _schemaVersion;
    private IReadOnlyList<string>? _tags;
    private Dictionary<string, string>? _metadata;
    private bool _hasData;

    /// <summary>The value of <c>data</c> as it stands in the JSON, or the body of a message in binary mode. Null where there is none.</summary>
    public ReadOnlyMemory<byte>? Data { get; private set; }

    /// <summary>Whether <see cref="Data"/> is a JSON string.</summary>
    public bool DataIsString { get; private set; }

    /// <summary>Sets the payload.</summary>
    /// <exception cref="FormatException">It is there already.</exception>
    public void SetData(ReadOnlyMemory<byte>? data, bool isString)
    {
        if (_hasData)
            throw Twice(CloudEventNames.Data);
        (_hasData, Data, DataIsString) = (true, data, isString);
    }

    /// <summary>Sets an attribute.</summary>
    /// <exception cref="FormatException">It is there already, or has a value that it cannot have.</exception>
    public void Set(string name, string value)
    {
        switch (name)
        {
            case CloudEventNames.SpecVersion:
                Once(ref _specVersion, name, value);
                break;
            case CloudEventNames.Id:
                Once(ref _id, name, value);
                break;
            case CloudEventNames.Source:
                Once(ref _source, name, value);
                break;
            case CloudEventNames.Type:
                Once(ref _type, name, value);
                break;
            case CloudEventNames.Subject:
                Once(ref _subject, name, value);
                break;
            case CloudEventNames.Time:
                if (_time is not null)
                    throw Twice(name);
                _time = TimeText.TryParse(value, out var time)
                    ? time
                    : throw new FormatException($"the attribute 'time' is '{Shown.Of(value)}', which is no time; {TimeText.Expected}.");
                break;
            case CloudEventNames.DataContentType:
                Once(ref _contentType, name, value);
                break;
            case CloudEventNames.DataBase64:
                Once(ref _base64, name, value);
                break;
            case CloudEventNames.Tags:
                _tags = _tags is null ? TagList.Split(value) : throw Twice(name);
                break;
            case CloudEventNames.SchemaVersion when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var version):
                _schemaVersion = _schemaVersion is null ? version : throw Twice(name);
                break;
            default:
                if (!(_metadata ??= new Dictionary<string, string>(StringComparer.Ordinal)).TryAdd(name, value))
                    throw Twice(name);
                break;
        }
    }

    /// <summary>The event.</summary>
    /// <param name="copy">Whether to copy the payload, for when the memory it was read from is used again.</param>
    /// <exception cref="FormatException">An attribute is missing or contradicts another.</exception>
    public readonly EventData ToEvent(bool copy)
    {
        if (_specVersion != "1.0")
            throw new FormatException(_specVersion is null ? "the attribute 'specversion' is missing." : $"the attribute 'specversion' is '{Shown.Of(_specVersion)}'; only 1.0 is known.");
        var @event = new EventData
        {
            Id = Required(_id, CloudEventNames.Id),
            Source = Required(_source, CloudEventNames.Source),
            Type = Required(_type, CloudEventNames.Type),
            Subject = _subject,
            Time = _time,
            ContentType = _contentType ?? (Data is null ? null : "application/json"),
            SchemaVersion = _schemaVersion ?? 1,
            Data = Payload(copy),
        };
        return (_tags, _metadata) is (null, null) ? @event : @event with { Tags = _tags ?? [], Metadata = _metadata ?? @event.Metadata };
    }

    private static void Once(ref string? field, string name, string value) => field = field is null ? value : throw Twice(name);

    private static FormatException Twice(string name) => new($"the attribute '{Shown.Of(name)}' is there twice.");

    private static string Required(string? value, string name) =>
        string.IsNullOrEmpty(value) ? throw new FormatException($"the attribute '{name}' is {(value is null ? "missing" : "empty")}.") : value;

    private readonly ReadOnlyMemory<byte> Payload(bool copy)
    {
        if (_base64 is not null)
        {
            if (Data is not null)
                throw new FormatException("there are both 'data' and 'data_base64'; an event has one payload.");
            try
            {
                return Convert.FromBase64String(_base64);
            }
            catch (FormatException e)
            {
                throw new FormatException("the attribute 'data_base64' is not Base64.", e);
            }
        }

        if (Data is not { } data)
            return default;
        if (DataIsString && !CloudEventNames.IsJson(_contentType))
            return Encoding.UTF8.GetBytes(JsonSerializer.Deserialize<string>(data.Span)!);
        return copy ? data.ToArray() : data;
    }
}
