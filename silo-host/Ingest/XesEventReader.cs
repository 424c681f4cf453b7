using Orleans.Persist.Web.CloudEvents;
using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Xml;
using Orleans.Persist.Journal;

namespace Orleans.Persist.SiloHost.Ingest;

/// <summary>Reads XES. Of each event <c>concept:name</c> is the type and <c>time:timestamp</c> the time, and its trace's <c>concept:name</c> is the subject; other keys can be named.</summary>
/// <remarks>
/// All other attributes of an event are kept, with their XES types, in a JSON payload. The attributes of a trace are kept once, as <c>"case"</c> in the payload
/// of the trace's first event. What stands outside of traces (globals, classifiers, attributes of the log) is not read. A DTD is refused.
/// </remarks>
internal sealed class XesEventReader(InputSource input, ColumnMap map) : IEventReader
{
    private const string NameKey = "concept:name";
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <inheritdoc/>
    public string Name => input.Name;

    /// <inheritdoc/>
    public async IAsyncEnumerable<InputEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var budget = new BudgetStream(input.Content, InputLimits.MaxRecordBytes);
        using var xml = XmlReader.Create(budget, new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            IgnoreWhitespace = true,
        });
        var cursor = new XesCursor(xml, budget, input.Name);
        long ordinal = 0;
        if (!cursor.Next() || xml.LocalName != "log")
            throw cursor.Error("the document is no XES: its root element is not 'log'.");
        while (cursor.Next())
        {
            if (xml is { NodeType: XmlNodeType.Element, Depth: 1, LocalName: "trace" })
            {
                foreach (var @event in Trace(cursor))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    yield return @event with { Event = WithId(@event.Event, ++ordinal) };
                }
            }
            else if (xml is { NodeType: XmlNodeType.Element, Depth: 1, LocalName: "event" })
            {
                var (data, line) = Event(cursor, [], first: false);
                yield return new InputEvent(WithId(data, ++ordinal), line);
            }
        }
    }

    private static EventData WithId(EventData data, long ordinal) =>
        data.Id is null ? data with { Id = DerivedId.Of(ordinal, data.Subject, data.Type, data.Time, data.Data.Span) } : data;

    private IEnumerable<InputEvent> Trace(XesCursor cursor)
    {
        var attributes = new List<XesAttribute>();
        var first = true;
        foreach (var child in cursor.Children())
        {
            if (child == "event")
            {
                var (data, line) = Event(cursor, attributes, first);
                first = false;
                yield return new InputEvent(data, line);
            }
            else
            {
                attributes.Add(XesAttribute.Read(cursor));
            }
        }
    }

    private (EventData Data, long Line) Event(XesCursor cursor, List<XesAttribute> trace, bool first)
    {
        var line = cursor.Line;
        var attributes = new List<XesAttribute>();
        long size = 0;
        foreach (var _ in cursor.Children())
        {
            var attribute = XesAttribute.Read(cursor);
            attributes.Add(attribute);
            size += attribute.Size;
            if (size > InputLimits.MaxRecordBytes)
                throw cursor.Error($"the event that begins on line {line} is longer than {InputLimits.MaxRecordText}.");
        }

        var type = Take(attributes, map.Type ?? NameKey)
            ?? throw new InputException(input.Name, line, 0, $"the event has no attribute '{map.Type ?? NameKey}' for its type. Name another with --type; it has: {string.Join(", ", attributes.Select(a => a.Key))}.");
        var time = Take(attributes, map.Time ?? "time:timestamp");
        if (time is null && map.Time is not null)
            throw new InputException(input.Name, line, 0, $"the event has no attribute '{map.Time}' (--time).");
        DateTimeOffset parsed = default;
        if (time is not null && !TimeText.TryParse(time, out parsed))
            throw new InputException(input.Name, line, 0, $"the event has the time '{Shown.Of(time)}', which is none; {TimeText.Expected}.");
        var subject = map.Subject is null ? Find(trace, NameKey) : Take(attributes, map.Subject) ?? Find(trace, map.Subject)
            ?? throw new InputException(input.Name, line, 0, $"neither the event nor its trace has an attribute '{map.Subject}' (--subject).");
        var id = map.Id is null ? null : Take(attributes, map.Id) ?? throw new InputException(input.Name, line, 0, $"the event has no attribute '{map.Id}' (--id).");
        return (new EventData
        {
            Id = id,
            Type = type,
            Subject = subject,
            Time = time is null ? null : parsed,
            ContentType = "application/json",
            Data = Payload(attributes, first ? trace : []),
        }, line);
    }

    private static byte[] Payload(List<XesAttribute> attributes, List<XesAttribute> trace)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, Json);
        json.WriteStartObject();
        foreach (var attribute in attributes)
            attribute.Write(json);
        if (trace.Any(attribute => attribute.Key != NameKey))
        {
            json.WriteStartObject("case");
            foreach (var attribute in trace.Where(attribute => attribute.Key != NameKey))
                attribute.Write(json);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static string? Find(List<XesAttribute> attributes, string key) =>
        attributes.Find(attribute => attribute.Key == key)?.Value is { Length: > 0 } value ? value : null;

    private static string? Take(List<XesAttribute> attributes, string key)
    {
        var value = Find(attributes, key);
        if (value is not null)
            attributes.RemoveAt(attributes.FindIndex(attribute => attribute.Key == key));
        return value;
    }
}
