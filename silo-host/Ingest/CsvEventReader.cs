using Orleans.Persist.Web.CloudEvents;
using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;
using Orleans.Persist.Journal;

namespace Orleans.Persist.SiloHost.Ingest;

/// <summary>Reads CSV with a header line. The columns of the map become attributes of the event; every other column is kept, as a string and in its order, in a JSON payload.</summary>
/// <remarks>Where the map is silent, columns named <c>id</c>, <c>subject</c>, <c>type</c> and <c>time</c> are taken if they are there. A type there must be.</remarks>
internal sealed class CsvEventReader(InputSource input, ColumnMap map) : IEventReader
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <inheritdoc/>
    public string Name => input.Name;

    /// <inheritdoc/>
    public async IAsyncEnumerable<InputEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var lines = new LineReader(input.Content, input.Name).ReadAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        using var text = new LineTextReader(lines);
        var line = 1L;
        using var parser = new CsvParser(text, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            IgnoreBlankLines = false, // they are skipped here, so that the lines are counted
            MaxFieldSize = InputLimits.MaxRecordBytes,
            BadDataFound = _ => throw Error(line, "a quote stands inside a field that is not quoted or after its closing quote, or a closing quote is missing."),
        });
        if (!await NextAsync(parser, line))
            yield break;
        var columns = Columns(parser);
        var payload = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(payload, Json);
        long ordinal = 0;
        for (line = parser.RawRow + 1L; await NextAsync(parser, line); line = parser.RawRow + 1L)
        {
            if (parser.Count == 0 || (parser.Count == 1 && parser.RawRecord.AsSpan().Trim().IsEmpty))
                continue;
            if (parser.Count != columns.Names.Length)
                throw Error(line, $"the record has {parser.Count} fields, the header has {columns.Names.Length} columns.");
            payload.ResetWrittenCount();
            json.Reset();
            yield return new InputEvent(Event(parser, columns, json, payload, line, ++ordinal), line);
        }
    }

    private async ValueTask<bool> NextAsync(CsvParser parser, long line)
    {
        try
        {
            return await parser.ReadAsync();
        }
        catch (MaxFieldSizeException e)
        {
            throw Error(line, $"a field of the record that begins here is longer than {InputLimits.MaxRecordText}; perhaps a closing quote is missing.", e);
        }
    }

    private CsvColumns Columns(CsvParser parser)
    {
        var names = parser.Record!.Select((name, i) => name.Length > 0 ? name : string.Create(CultureInfo.InvariantCulture, $"column{i + 1}")).ToArray();
        var twice = names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null)
            throw Error(1, $"the header has the column '{twice.Key}' {twice.Count()} times.");
        return new CsvColumns(
            names,
            Find(names, map.Id, "id", "--id"),
            Find(names, map.Subject, "subject", "--subject"),
            Find(names, map.Type, "type", "--type") is var type and >= 0
                ? type
                : throw Error(1, $"no column for the events' type: name one with --type. The columns are: {string.Join(", ", names)}."),
            Find(names, map.Time, "time", "--time"));
    }

    private int Find(string[] names, string? wanted, string otherwise, string option)
    {
        var index = Array.IndexOf(names, wanted ?? otherwise);
        return index >= 0 || wanted is null
            ? index
            : throw Error(1, $"there is no column '{wanted}' ({option}). The columns are: {string.Join(", ", names)}.");
    }

    private EventData Event(CsvParser parser, CsvColumns columns, Utf8JsonWriter json, ArrayBufferWriter<byte> payload, long line, long ordinal)
    {
        json.WriteStartObject();
        for (var i = 0; i < columns.Names.Length; i++)
        {
            if (!columns.IsAttribute(i))
                json.WriteString(columns.Names[i], parser[i]);
        }

        json.WriteEndObject();
        json.Flush();
        var type = parser[columns.Type];
        if (type.Length == 0)
            throw Error(line, $"the column '{columns.Names[columns.Type]}' is empty; an event must have a type.");
        var subject = columns.Subject >= 0 && parser[columns.Subject] is { Length: > 0 } given ? given : null;
        var time = Time(parser, columns, line);
        var data = payload.WrittenSpan.ToArray();
        return new EventData
        {
            Id = Id(parser, columns, line) ?? DerivedId.Of(ordinal, subject, type, time, data),
            Type = type,
            Subject = subject,
            Time = time,
            ContentType = "application/json",
            Data = data,
        };
    }

    private string? Id(CsvParser parser, CsvColumns columns, long line)
    {
        if (columns.Id < 0)
            return null;
        return parser[columns.Id] is { Length: > 0 } id ? id : throw Error(line, $"the column '{columns.Names[columns.Id]}' is empty; it is to be the event's id.");
    }

    private DateTimeOffset? Time(CsvParser parser, CsvColumns columns, long line)
    {
        if (columns.Time < 0 || parser[columns.Time] is not { Length: > 0 } text)
            return null;
        return TimeText.TryParse(text, out var time)
            ? time
            : throw Error(line, $"the column '{columns.Names[columns.Time]}' has '{Shown.Of(text)}', which is no time; {TimeText.Expected}.");
    }

    private InputException Error(long line, string what, Exception? inner = null) => new(input.Name, line, 0, what, inner);
}
