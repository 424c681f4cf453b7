using System.CommandLine;
using Orleans.Persist.SiloHost.Ingest;

namespace Orleans.Persist.SiloHost.Commands;

/// <summary>The options that say how an input is to be read: of <c>ingest</c> and <c>demo</c>.</summary>
internal sealed class InputOptions
{
    private readonly Option<EventFormat?> _format = new("--format")
    {
        Description = "cloudevents (NDJSON, one event a line), csv or xes; plain or gzipped. Without it: what the file's name or first bytes say.",
        HelpName = "FORMAT",
        CustomParser = result =>
        {
            if (Enum.TryParse<EventFormat>(result.Tokens[0].Value, ignoreCase: true, out var format) && Enum.IsDefined(format) && !char.IsAsciiDigit(result.Tokens[0].Value[0]))
                return format;
            result.AddError($"--format: '{result.Tokens[0].Value}' is not known; it is one of cloudevents, csv, xes.");
            return null;
        },
    };

    private readonly Option<string?> _id = Column("--id", "The column with the event's id. Without it, ids derive from the content and its place in the input.");
    private readonly Option<string?> _subject = Column("--subject", "The column with the subject (aggregate) of the event. CSV: 'subject' if there is one. XES: the trace's concept:name.");
    private readonly Option<string?> _type = Column("--type", "The column with the event's type. CSV: 'type'. XES: concept:name.");
    private readonly Option<string?> _time = Column("--time", "The column with the event's time, ISO 8601; UTC where it has no offset. CSV: 'time' if there is one. XES: time:timestamp.");

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_format);
        command.Options.Add(_id);
        command.Options.Add(_subject);
        command.Options.Add(_type);
        command.Options.Add(_time);
    }

    /// <summary>The format asked for, if any.</summary>
    public EventFormat? Format(ParseResult result) => result.GetValue(_format);

    /// <summary>The columns named.</summary>
    public ColumnMap Columns(ParseResult result) =>
        new(result.GetValue(_id), result.GetValue(_subject), result.GetValue(_type), result.GetValue(_time));

    private static Option<string?> Column(string name, string description) => new(name) { Description = description, HelpName = "COL" };
}
