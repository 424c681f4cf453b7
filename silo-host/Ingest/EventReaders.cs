namespace Orleans.Persist.SiloHost.Ingest;

/// <summary>Picks the reader for a format.</summary>
internal static class EventReaders
{
    /// <summary>A reader of <paramref name="input"/>; where no format is given, the one that the input looks like.</summary>
    public static IEventReader Create(InputSource input, EventFormat? format, ColumnMap columns) => (format ?? input.Guess) switch
    {
        EventFormat.Csv => new CsvEventReader(input, columns),
        EventFormat.Xes => new XesEventReader(input, columns),
        _ when columns.IsSet => throw new UsageException(
            $"--id, --subject, --type and --time are for CSV and XES; {input.Name} is read as CloudEvents, which have these attributes. Leave them out, or say --format csv."),
        _ => new CloudEventsReader(input),
    };
}
