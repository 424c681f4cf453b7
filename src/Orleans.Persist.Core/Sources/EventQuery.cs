using Orleans.Persist.Journal;

namespace Orleans.Persist.Sources;

/// <summary>Which events of a source are wanted, and in which order (requirements s.2 to s.6). Every condition that is set must hold; within one, any of its values.</summary>
public sealed record EventQuery
{
    /// <summary>The first version to return: forward at or above it, backward at or below it. When null, from the begin, or backward from the end.</summary>
    public long? FromVersion { get; init; }

    /// <summary>The last version to return, inclusive. When null, there is no such bound.</summary>
    public long? ToVersion { get; init; }

    /// <summary>Only events whose publisher's time is this or later. That time may run backwards from event to event.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only events whose publisher's time is before this.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Only events that the journal recorded at this time or later.</summary>
    public DateTimeOffset? RecordedSince { get; init; }

    /// <summary>Only events that the journal recorded before this time.</summary>
    public DateTimeOffset? RecordedUntil { get; init; }

    /// <inheritdoc cref="EventFilter.Subjects"/>
    public IReadOnlyCollection<string>? Subjects { get; init; }

    /// <inheritdoc cref="EventFilter.SubjectPrefixes"/>
    public IReadOnlyCollection<string>? SubjectPrefixes { get; init; }

    /// <inheritdoc cref="EventFilter.Types"/>
    public IReadOnlyCollection<string>? Types { get; init; }

    /// <inheritdoc cref="EventFilter.Tags"/>
    public IReadOnlyCollection<string>? Tags { get; init; }

    /// <inheritdoc cref="EventFilter.Ids"/>
    public IReadOnlyCollection<string>? Ids { get; init; }

    /// <summary>Whether to go from new to old.</summary>
    public bool Backward { get; init; }

    /// <summary>The most events to return, over all pages.</summary>
    public long Limit { get; init; } = long.MaxValue;

    /// <summary>The conditions on single events.</summary>
    public EventFilter? ToFilter() =>
        Since is null && Until is null && RecordedSince is null && RecordedUntil is null
        && Subjects is null && SubjectPrefixes is null && Types is null && Tags is null && Ids is null
            ? null
            : new EventFilter
            {
                Since = Since,
                Until = Until,
                RecordedSince = RecordedSince,
                RecordedUntil = RecordedUntil,
                Subjects = Subjects,
                SubjectPrefixes = SubjectPrefixes,
                Types = Types,
                Tags = Tags,
                Ids = Ids,
            };

    /// <summary>The same as a request to a journal.</summary>
    public ReadRequest ToReadRequest() => new() { From = FromVersion, To = ToVersion, Backward = Backward, Limit = Limit, Filter = ToFilter() };
}
