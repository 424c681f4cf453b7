namespace Orleans.Persist.Journal;

/// <summary>The names under which well-known attributes stand in <see cref="EventData.Metadata"/>. They are CloudEvents extension attribute names.</summary>
public static class MetadataNames
{
    /// <summary>Groups everything that one outside request has caused.</summary>
    public const string Correlation = "correlationid";

    /// <summary>The id of the event or command that caused this event.</summary>
    public const string Causation = "causationid";

    /// <summary>The W3C trace context of the publisher (CloudEvents distributed tracing extension).</summary>
    public const string TraceParent = "traceparent";
}
