using Microsoft.AspNetCore.Http;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Web.CloudEvents;

/// <summary>Reads an event in the binary mode of the HTTP binding of CloudEvents 1.0: attributes in headers <c>ce-…</c>, the payload in the body.</summary>
internal static class CloudEventHeaders
{
    private const string Prefix = "ce-";

    /// <summary>Whether a request is in binary mode.</summary>
    public static bool ArePresent(IHeaderDictionary headers) => headers.ContainsKey(Prefix + CloudEventNames.SpecVersion);

    /// <summary>Reads the event. Its payload stays in <paramref name="body"/>.</summary>
    /// <exception cref="FormatException">The headers are no CloudEvent 1.0; the message says why.</exception>
    public static EventData Read(IHeaderDictionary headers, string? contentType, ReadOnlyMemory<byte> body)
    {
        var fields = default(CloudEventFields);
        foreach (var (header, values) in headers)
        {
            if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
                continue;
            var name = header[Prefix.Length..].ToLowerInvariant();
            if (name is CloudEventNames.Data or CloudEventNames.DataBase64 or CloudEventNames.DataContentType)
                throw new FormatException($"the header '{header}' has no place in binary mode; the payload is the body, and its media type the Content-Type.");
            if (values.Count != 1)
                throw new FormatException($"the header '{header}' is there {values.Count} times.");
            fields.Set(name, Decode(header, values.ToString()));
        }

        if (contentType is not null)
            fields.Set(CloudEventNames.DataContentType, contentType);
        fields.SetData(body, isString: false);
        var @event = fields.ToEvent(copy: false);
        return contentType is null && body.IsEmpty ? @event with { ContentType = null } : @event;
    }

    /// <summary>Undoes the percent-encoding that the binding prescribes, and quotation marks around the whole.</summary>
    private static string Decode(string header, string value)
    {
        if (value is ['"', .., '"'])
            value = value[1..^1].Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal);
        for (var i = value.IndexOf('%', StringComparison.Ordinal); i >= 0; i = value.IndexOf('%', i + 1))
        {
            if (i + 2 >= value.Length || !char.IsAsciiHexDigit(value[i + 1]) || !char.IsAsciiHexDigit(value[i + 2]))
                throw new FormatException($"the header '{header}' has a '%' at index {i} that no two hexadecimal digits follow.");
        }

        return Uri.UnescapeDataString(value);
    }
}
