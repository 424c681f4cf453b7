using Orleans.Persist.Web.CloudEvents;
using System.Globalization;
using System.Text.Json;
using System.Xml;

namespace Orleans.Persist.SiloHost.Ingest;

/// <summary>An attribute of an XES event or trace, with those nested in it.</summary>
internal sealed record XesAttribute(string Kind, string Key, string Value, IReadOnlyList<XesAttribute> Nested)
{
    /// <summary>About how many characters it takes.</summary>
    public long Size { get; } = Key.Length + Value.Length + Nested.Sum(nested => nested.Size);

    /// <summary>Reads the element that the cursor stands on, whole.</summary>
    /// <exception cref="InputException">It is no attribute: it has no key, or a value that is not of its type.</exception>
    public static XesAttribute Read(XesCursor cursor)
    {
        var xml = cursor.Xml;
        if (xml.Depth > InputLimits.MaxDepth)
            throw cursor.Error($"attributes are nested deeper than {InputLimits.MaxDepth} levels.");
        var kind = xml.LocalName;
        var isValues = kind == "values";
        var key = xml.GetAttribute("key") ?? (isValues ? "values" : throw cursor.Error($"the element '{Shown.Of(kind)}' has no key."));
        var value = xml.GetAttribute("value") ?? "";
        var valid = kind switch
        {
            "int" => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            "float" => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _),
            "boolean" => value is "true" or "false" or "1" or "0",
            _ => true,
        };
        if (!valid)
            throw cursor.Error($"the attribute '{Shown.Of(key)}' has '{Shown.Of(value)}', which is no {kind}.");
        List<XesAttribute>? nested = null;
        long size = 0;
        foreach (var _ in cursor.Children())
        {
            var child = Read(cursor);
            (nested ??= []).Add(child);
            size += child.Size;
            if (size > InputLimits.MaxRecordBytes)
                throw cursor.Error($"the attribute '{Shown.Of(key)}' is longer than {InputLimits.MaxRecordText}.");
        }

        return new XesAttribute(kind, key, value, nested ?? []);
    }

    /// <summary>Writes key and value; an attribute with nested ones as an object of <c>value</c> and <c>attributes</c>.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WritePropertyName(Key);
        if (Kind is "list" or "values")
        {
            WriteList(json);
        }
        else if (Nested.Count == 0 && Kind != "container")
        {
            WriteValue(json);
        }
        else
        {
            json.WriteStartObject();
            if (Kind != "container")
            {
                json.WritePropertyName("value");
                WriteValue(json);
                json.WriteStartObject("attributes");
            }

            foreach (var nested in Nested)
                nested.Write(json);
            if (Kind != "container")
                json.WriteEndObject();
            json.WriteEndObject();
        }
    }

    /// <summary>A list's keys may repeat and its order counts: one object an entry.</summary>
    private void WriteList(Utf8JsonWriter json)
    {
        json.WriteStartArray();
        foreach (var entry in Nested.SelectMany(nested => nested.Kind == "values" ? nested.Nested : [nested]))
        {
            json.WriteStartObject();
            entry.Write(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteValue(Utf8JsonWriter json)
    {
        switch (Kind)
        {
            case "int":
                json.WriteNumberValue(long.Parse(Value, CultureInfo.InvariantCulture));
                break;
            case "float" when double.Parse(Value, CultureInfo.InvariantCulture) is var number && double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case "boolean":
                json.WriteBooleanValue(Value is "true" or "1");
                break;
            default:
                json.WriteStringValue(Value);
                break;
        }
    }
}
