using System.ComponentModel;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Orleans.Persist.Sources;
using Orleans.Persist.Web.CloudEvents;

namespace Orleans.Persist.Web.Http;

/// <summary>Which events are wanted, as a query string says it (requirements s.2 to s.6).</summary>
internal sealed class EventsParameters
{
    [FromQuery(Name = "from"), Description("The first sequence number wanted; with backward, the one to go back from.")]
    public long? From { get; set; }

    [FromQuery(Name = "to"), Description("The last sequence number wanted.")]
    public long? To { get; set; }

    [FromQuery(Name = "since"), Description("Only events whose own time is this or later. ISO 8601, UTC where it has no offset.")]
    public string? Since { get; set; }

    [FromQuery(Name = "until"), Description("Only events whose own time is before this.")]
    public string? Until { get; set; }

    [FromQuery(Name = "recordedSince"), Description("Only events recorded at this time or later.")]
    public string? RecordedSince { get; set; }

    [FromQuery(Name = "recordedUntil"), Description("Only events recorded before this time.")]
    public string? RecordedUntil { get; set; }

    [FromQuery(Name = "subject"), Description("Only events about this subject (aggregate). May be repeated: any of them.")]
    public string[]? Subjects { get; set; }

    [FromQuery(Name = "subjectPrefix"), Description("Only events about subjects that begin so. May be repeated, and combined with subject: any of them.")]
    public string[]? SubjectPrefixes { get; set; }

    [FromQuery(Name = "type"), Description("Only events of this type. May be repeated: any of them.")]
    public string[]? Types { get; set; }

    [FromQuery(Name = "tag"), Description("Only events with this tag. May be repeated: any of them.")]
    public string[]? Tags { get; set; }

    [FromQuery(Name = "id"), Description("Only events with this id. May be repeated: any of them.")]
    public string[]? Ids { get; set; }

    [FromQuery(Name = "backward"), Description("Newest first.")]
    public bool? Backward { get; set; }

    [FromQuery(Name = "limit"), Description("The most events: of a page in JSON, else of the whole stream.")]
    public long? Limit { get; set; }

    [FromQuery(Name = "cursor"), Description("Where a page goes on: the 'next' of the page before. All other parameters stay as they were. JSON only.")]
    public string? Cursor { get; set; }

    /// <summary>The names of all parameters.</summary>
    public static readonly string[] Names =
        ["from", "to", "since", "until", "recordedSince", "recordedUntil", "subject", "subjectPrefix", "type", "tag", "id", "backward", "limit", "cursor"];

    /// <summary>Refuses a query string with another name: a condition that is misspelled must not be taken for none.</summary>
    /// <exception cref="RequestException">It has one.</exception>
    public static void RefuseOthers(HttpRequest request, params ReadOnlySpan<string> names)
    {
        foreach (var (name, _) in request.Query)
        {
            var known = false;
            foreach (var expected in names)
                known |= string.Equals(name, expected, StringComparison.OrdinalIgnoreCase);
            if (!known)
                throw RequestException.Bad($"There is no parameter '{Shown.Of(name)}' here; there are {string.Join(", ", names.ToArray())}.");
        }
    }

    /// <summary>The query, but for <see cref="Limit"/> and <see cref="Cursor"/>.</summary>
    /// <exception cref="RequestException">A parameter is no such thing.</exception>
    public EventQuery ToQuery() => new()
    {
        FromVersion = Positive("from", From),
        ToVersion = Positive("to", To),
        Since = Time("since", Since),
        Until = Time("until", Until),
        RecordedSince = Time("recordedSince", RecordedSince),
        RecordedUntil = Time("recordedUntil", RecordedUntil),
        Subjects = Set(Subjects),
        SubjectPrefixes = Set(SubjectPrefixes),
        Types = Set(Types),
        Tags = Set(Tags),
        Ids = Set(Ids),
        Backward = Backward ?? false,
    };

    /// <summary>The limit of a stream.</summary>
    public long StreamLimit => Positive("limit", Limit) ?? long.MaxValue;

    /// <summary>The events of a page; one over the bound is cut to it, so that a client need not know it.</summary>
    public int PageSize(PersistWebOptions options) =>
        (int)Math.Min(Positive("limit", Limit) ?? options.DefaultPageEvents, Math.Min(options.MaxPageEvents, EventSourceQueries.MaxPageSize));

    /// <summary>Reads a time.</summary>
    /// <exception cref="RequestException">It is none.</exception>
    public static DateTimeOffset? Time(string name, string? value) =>
        value is null ? null
        : TimeText.TryParse(value, out var time) ? time

        // A plus sign that was not encoded is a space to the server.
        : TimeText.TryParse(value.Replace(' ', '+'), out time) ? time
        : throw RequestException.Bad($"'{name}' is '{Shown.Of(value)}', which is no time; {TimeText.Expected}.");

    private static long? Positive(string name, long? value) =>
        value < 1 ? throw RequestException.Bad($"'{name}' is {value}; it must be 1 or more.") : value;

    private static HashSet<string>? Set(string[]? values) => values is { Length: > 0 } ? new HashSet<string>(values, StringComparer.Ordinal) : null;
}
