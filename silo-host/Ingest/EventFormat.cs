namespace Orleans.Persist.SiloHost.Ingest;

/// <summary>The formats of event files that can be read.</summary>
internal enum EventFormat
{
    /// <summary>CloudEvents 1.0 in the JSON format, structured mode, one event a line.</summary>
    CloudEvents,

    /// <summary>Comma-separated values (RFC 4180) with a header line.</summary>
    Csv,

    /// <summary>Extensible Event Stream (IEEE 1849), the XML format of process mining.</summary>
    Xes,
}
