using System.Globalization;
using Orleans.Persist.Journal;
using Orleans.Persist.Sources;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>Every combination of a query's conditions, with values of each kind that match some events, many, or none.</summary>
public static class QueryCases
{
    /// <summary>The combinations over values that events of the source have.</summary>
    /// <param name="all">All events of the source, in order.</param>
    public static IEnumerable<EventQuery> Over(IReadOnlyList<RecordedEvent> all)
    {
        var subjects = Some(all.Select(e => e.Subject).OfType<string>().Distinct(), 3);
        var types = Some(all.Select(e => e.Type).Distinct(), 3);
        var tags = Some(all.SelectMany(e => e.Tags).Distinct(), 3);
        var prefix = subjects[0].LastIndexOfAny(['/', ':']) is >= 0 and var end ? subjects[0][..(end + 1)] : subjects[0][..1];
        var times = all.Select(e => e.Time).Order().ToArray();
        var (third, middle) = (all.Count / 3, all.Count / 2);
        return
            from about in (Func<EventQuery, EventQuery>[])
            [
                q => q, q => q with { Subjects = [subjects[0]] }, q => q with { Subjects = [subjects[^1], "nobody", subjects[0]] },
                q => q with { SubjectPrefixes = [prefix] }, q => q with { SubjectPrefixes = [prefix + "1", subjects[^1][..1]] },
                q => q with { SubjectPrefixes = ["no such"], Subjects = [subjects[0]] },
            ]
            from kind in (Func<EventQuery, EventQuery>[])
                [q => q, q => q with { Types = [types[0]] }, q => q with { Types = [types[^1], types[0], "none"] }, q => q with { Types = ["none"] }]
            from tag in (Func<EventQuery, EventQuery>[])
                [q => q, q => tags.Count == 0 ? q with { Tags = ["none"] } : q with { Tags = [tags[0]] }, q => q with { Tags = [.. tags, "none"] }]
            from time in (Func<EventQuery, EventQuery>[])
                [q => q, q => q with { Since = times[third] }, q => q with { Since = times[third], Until = times[^third] }]
            from recorded in (Func<EventQuery, EventQuery>[])
                [q => q, q => q with { RecordedSince = all[third].Recorded }, q => q with { RecordedSince = all[third].Recorded, RecordedUntil = all[^third].Recorded }]
            from range in (Func<EventQuery, EventQuery>[])
                [q => q, q => q.Backward ? q with { FromVersion = all[middle].Version } : q with { FromVersion = all[third].Version, ToVersion = all[^third].Version }]
            from limit in (long[])[long.MaxValue, 7]
            from backward in (bool[])[false, true]
            select range(recorded(time(tag(kind(about(new EventQuery { Backward = backward, Limit = limit })))))) into query
            select query;
    }

    /// <summary>What a query must return, by plain selection from everything.</summary>
    public static IEnumerable<long> Expected(IEnumerable<RecordedEvent> all, EventQuery query)
    {
        var (low, high) = query.Backward ? (query.ToVersion, query.FromVersion) : (query.FromVersion, query.ToVersion);
        var found = all.Where(e =>
            !(e.Version < low) && !(e.Version > high)
            && !(e.Time < query.Since) && !(e.Time >= query.Until)
            && !(e.Recorded < query.RecordedSince) && !(e.Recorded >= query.RecordedUntil)
            && (query.Types is null || query.Types.Contains(e.Type))
            && (query.Tags is null || query.Tags.Intersect(e.Tags).Any())
            && (query.Ids is null || query.Ids.Contains(e.Id))
            && ((query.Subjects is null && query.SubjectPrefixes is null)
                || (e.Subject is not null && (query.Subjects?.Contains(e.Subject) == true || query.SubjectPrefixes?.Any(p => e.Subject.StartsWith(p, StringComparison.Ordinal)) == true))));
        var versions = found.Select(e => e.Version);
        return (query.Backward ? versions.Reverse() : versions).Take((int)Math.Min(int.MaxValue, query.Limit));
    }

    /// <summary>For the message of a failing test.</summary>
    public static string Describe(EventQuery query) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(query.Backward ? "backward" : "forward")} {query.FromVersion}..{query.ToVersion} limit {query.Limit} since {query.Since} until {query.Until} recorded {query.RecordedSince}..{query.RecordedUntil} subjects [{Join(query.Subjects)}] prefixes [{Join(query.SubjectPrefixes)}] types [{Join(query.Types)}] tags [{Join(query.Tags)}] ids [{Join(query.Ids)}]");

    private static string Join(IReadOnlyCollection<string>? values) => values is null ? "any" : string.Join(", ", values);

    /// <summary>A few of the values, from all over them.</summary>
    private static List<string> Some(IEnumerable<string> values, int count)
    {
        var all = values.ToList();
        return [.. Enumerable.Range(0, Math.Min(count, all.Count)).Select(i => all[i * (all.Count - 1) / Math.Max(1, count - 1)]).Distinct()];
    }
}
