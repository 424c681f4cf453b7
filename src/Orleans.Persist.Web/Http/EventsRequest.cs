using System.Text.Json.Serialization;

namespace Orleans.Persist.Web.Http;

/// <summary>Which events are wanted, as a body says it: for conditions with more values than fit into a request's line.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record EventsRequest
{
    public long? From { get; init; }

    public long? To { get; init; }

    public string? Since { get; init; }

    public string? Until { get; init; }

    public string? RecordedSince { get; init; }

    public string? RecordedUntil { get; init; }

    public string[]? Subjects { get; init; }

    public string[]? SubjectPrefixes { get; init; }

    public string[]? Types { get; init; }

    public string[]? Tags { get; init; }

    public string[]? Ids { get; init; }

    public bool? Backward { get; init; }

    public long? Limit { get; init; }

    public string? Cursor { get; init; }

    /// <summary>The same as a query string would say it.</summary>
    public EventsParameters ToParameters() => new()
    {
        From = From,
        To = To,
        Since = Since,
        Until = Until,
        RecordedSince = RecordedSince,
        RecordedUntil = RecordedUntil,
        Subjects = Subjects,
        SubjectPrefixes = SubjectPrefixes,
        Types = Types,
        Tags = Tags,
        Ids = Ids,
        Backward = Backward,
        Limit = Limit,
        Cursor = Cursor,
    };
}
