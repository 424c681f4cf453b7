using System.Text;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Serialization;

/// <summary>The 64-bit keys under which the indexes of plug-ins have the events of one incarnation of a stream. Different values may share a key: what is found must be compared.</summary>
public static class AttributeKey
{
    // Deeper groups are rare, and each level costs an entry for every event.
    private const int PrefixLevels = 8;
    private const ulong Step = 0x9E3779B97F4A7C15;

    /// <summary>What the keys of a stream's incarnation are derived from.</summary>
    /// <param name="stream">The <see cref="StableHash"/> of the stream's name in UTF-8.</param>
    /// <param name="incarnation">The incarnation.</param>
    public static ulong Seed(ulong stream, int incarnation) => StableHash.Combine(stream, (ulong)incarnation);

    /// <summary>The key of an attribute's value.</summary>
    public static ulong Of(ulong seed, AttributeKind kind, ReadOnlySpan<byte> utf8) => StableHash.Of(utf8, seed + ((ulong)kind * Step));

    /// <summary>The key of an attribute's value.</summary>
    public static ulong Of(ulong seed, AttributeKind kind, string value) => Of(seed, kind, Encoding.UTF8.GetBytes(value));

    /// <summary>Adds all keys of an event, given as <see cref="EventBody"/> lays it out. A key may be added twice.</summary>
    public static void Collect(ulong seed, ReadOnlySpan<byte> body, List<ulong> keys)
    {
        keys.Add(Of(seed, AttributeKind.Type, EventBody.Field(body, EventField.Type)));
        if (EventBody.Has(body, EventField.Id))
            keys.Add(Of(seed, AttributeKind.Id, EventBody.Field(body, EventField.Id)));
        if (EventBody.Has(body, EventField.Subject))
        {
            var subject = EventBody.Field(body, EventField.Subject);
            keys.Add(Of(seed, AttributeKind.Subject, subject));
            var (end, level) = (0, 0);
            while ((end = NextPrefix(subject, end, level++)) > 0)
                keys.Add(Of(seed, AttributeKind.SubjectPrefix, subject[..end]));
        }

        foreach (var tag in EventBody.Tags(body))
            keys.Add(Of(seed, AttributeKind.Tag, tag));
    }

    /// <summary>The keys that a filter's events can be found under: for each condition that keys can be given for, those of which an event has at least one.</summary>
    /// <param name="stream">The <see cref="StableHash"/> of the stream's name in UTF-8.</param>
    /// <param name="incarnation">The incarnation.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="ownIds">Whether only events with an id of their own are wanted where the filter has ids.</param>
    public static IReadOnlyList<ulong[]> Conditions(ulong stream, int incarnation, EventFilter filter, bool ownIds = false)
    {
        var seed = Seed(stream, incarnation);
        var conditions = new List<ulong[]>();
        if (filter.Types is { } types)
            conditions.Add(Keys(types, AttributeKind.Type));
        if (SubjectKeys(seed, filter) is { } subjects)
            conditions.Add(subjects);
        if (filter.Tags is { } tags)
            conditions.Add(Keys(tags, AttributeKind.Tag));
        if (filter.Ids is { } ids && (ownIds || !ids.Any(id => IsDerived(id, incarnation))))
            conditions.Add(Keys(ids, AttributeKind.Id));
        return conditions;

        ulong[] Keys(IEnumerable<string> values, AttributeKind kind) => [.. values.Select(value => Of(seed, kind, value)).Distinct()];
    }

    /// <summary>The end of the next part of a subject that is indexed as a group: behind a <c>/</c> or <c>:</c>. 0 where there is none.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="from">The end of the part before, 0 at first.</param>
    /// <param name="level">How many parts were before.</param>
    private static int NextPrefix(ReadOnlySpan<byte> subject, int from, int level)
    {
        var at = level < PrefixLevels ? subject[from..].IndexOfAny((byte)'/', (byte)':') : -1;
        return at < 0 ? 0 : from + at + 1;
    }

    /// <summary>The longest part of a prefix that is indexed; empty where there is none.</summary>
    private static ReadOnlySpan<byte> IndexedPart(ReadOnlySpan<byte> prefix)
    {
        var end = 0;
        for (var level = 0; NextPrefix(prefix, end, level) is > 0 and var next; level++)
            end = next;
        return prefix[..end];
    }

    private static ulong[]? SubjectKeys(ulong seed, EventFilter filter)
    {
        if (filter.Subjects is null && filter.SubjectPrefixes is null)
            return null;
        var keys = new HashSet<ulong>();
        foreach (var subject in filter.Subjects ?? [])
            keys.Add(Of(seed, AttributeKind.Subject, subject));
        foreach (var prefix in filter.SubjectPrefixes ?? [])
        {
            var part = IndexedPart(Encoding.UTF8.GetBytes(prefix));
            if (part.IsEmpty)
                return null;
            keys.Add(Of(seed, AttributeKind.SubjectPrefix, part));
        }

        return [.. keys];
    }

    /// <summary>Whether an id may be one that the journal derives for events without one, under which they are not indexed.</summary>
    private static bool IsDerived(string id, int incarnation)
    {
        var dash = id.IndexOf('-', StringComparison.Ordinal);
        return dash > 0 && int.TryParse(id.AsSpan(0, dash), System.Globalization.NumberStyles.None, null, out var of) && of == incarnation
            && long.TryParse(id.AsSpan(dash + 1), System.Globalization.NumberStyles.None, null, out _);
    }
}
