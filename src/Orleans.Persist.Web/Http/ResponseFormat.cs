namespace Orleans.Persist.Web.Http;

/// <summary>How events can be given.</summary>
internal enum ResponseFormat
{
    /// <summary>None of the accepted ones.</summary>
    None,

    /// <summary>A page, <c>application/json</c>.</summary>
    Json,

    /// <summary>One event a line, <c>application/x-ndjson</c>.</summary>
    Ndjson,

    /// <summary>Live, <c>text/event-stream</c>.</summary>
    ServerSentEvents,
}
