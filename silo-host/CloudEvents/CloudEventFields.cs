using System.Text;
using System.Text.Json;
using Orleans.Persist.Journal;

namespace Orleans.Persist.SiloHost.CloudEvents;

/// <summary>The attributes of a CloudEvent while it is read.</summary>
internal sealed class CloudEventFields
{
    /// <summary>Whether <see cref="Data"/> is a JSON string.</summary>
    public bool DataIsString;

    public HashSet<string> Names { get; } = [];

    public string? SpecVersion { get; set; }

    public string? Id { get; set; }

    public string? Source { get; set; }

    public string? Type { get; set; }

    public string? Subject { get; set; }

    public string? ContentType { get; set; }

    public string? Base64 { get; set; }

    public DateTimeOffset? Time { get; set; }

    public int SchemaVersion { get; set; } = 1;

    public IReadOnlyList<string> Tags { get; set; } = [];

    /// <summary>The value of <c>data</c> as it stands in the JSON.</summary>
    public ReadOnlyMemory<byte>? Data { get; set; }

    public Dictionary<string, string> Metadata { get; } = [];

    /// <summary>The event, with a copy of its payload.</summary>
    /// <exception cref="FormatException">An attribute is missing or contradicts another.</exception>
    public EventData ToEvent()
    {
        if (SpecVersion != "1.0")
            throw new FormatException(SpecVersion is null ? "the attribute 'specversion' is missing." : $"the attribute 'specversion' is '{Ingest.Shown.Of(SpecVersion)}'; only 1.0 is known.");
        return new EventData
        {
            Id = Required(Id, CloudEventNames.Id),
            Source = Required(Source, CloudEventNames.Source),
            Type = Required(Type, CloudEventNames.Type),
            Subject = Subject,
            Time = Time,
            ContentType = ContentType ?? (Data is null ? null : "application/json"),
            SchemaVersion = SchemaVersion,
            Tags = Tags,
            Metadata = Metadata,
            Data = Payload(),
        };
    }

    private static string Required(string? value, string name) =>
        string.IsNullOrEmpty(value) ? throw new FormatException($"the attribute '{name}' is {(value is null ? "missing" : "empty")}.") : value;

    private ReadOnlyMemory<byte> Payload()
    {
        if (Base64 is not null)
        {
            if (Data is not null)
                throw new FormatException("there are both 'data' and 'data_base64'; an event has one payload.");
            try
            {
                return Convert.FromBase64String(Base64);
            }
            catch (FormatException e)
            {
                throw new FormatException("the attribute 'data_base64' is not Base64.", e);
            }
        }

        if (Data is not { } data)
            return default;
        return DataIsString && !CloudEventNames.IsJson(ContentType)
            ? Encoding.UTF8.GetBytes(JsonSerializer.Deserialize<string>(data.Span)!)
            : data.ToArray();
    }
}
