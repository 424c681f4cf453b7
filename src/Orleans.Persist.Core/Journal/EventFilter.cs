using Orleans.Persist.Serialization;

namespace Orleans.Persist.Journal;

/// <summary>Which events a read is to return. Every condition that is set must hold; within one, any of its values.</summary>
public sealed record EventFilter
{
    /// <summary>Only events of these types.</summary>
    public IReadOnlyCollection<string>? Types { get; init; }

    /// <summary>Only events about these subjects (aggregates), or, where <see cref="SubjectPrefixes"/> are given too, about any of either.</summary>
    public IReadOnlyCollection<string>? Subjects { get; init; }

    /// <summary>Only events about subjects that begin with one of these (a group of aggregates), or are among <see cref="Subjects"/>.</summary>
    /// <remarks>A prefix that ends with <c>/</c> or <c>:</c> is found by an index where a plug-in has one; any other one is looked for among the events of the longest such part of it.</remarks>
    public IReadOnlyCollection<string>? SubjectPrefixes { get; init; }

    /// <summary>Only events with these ids, whatever their sources. An id that the journal derived (<c>incarnation-version</c>) counts too.</summary>
    public IReadOnlyCollection<string>? Ids { get; init; }

    /// <summary>Only events that carry at least one of these tags.</summary>
    public IReadOnlyCollection<string>? Tags { get; init; }

    /// <summary>Only events whose own time is this or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only events whose own time is before this.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Only events recorded at this time or later.</summary>
    public DateTimeOffset? RecordedSince { get; init; }

    /// <summary>Only events recorded before this.</summary>
    public DateTimeOffset? RecordedUntil { get; init; }

    /// <summary>Whether <paramref name="event"/> meets every condition.</summary>
    public bool Matches(RecordedEvent @event)
    {
        if (Since is not null || Until is not null)
        {
            var ticks = EventBody.TimeTicks(@event.Body.Span);
            if (ticks < Since?.UtcTicks || ticks >= Until?.UtcTicks)
                return false;
        }

        return !(@event.Recorded < RecordedSince || @event.Recorded >= RecordedUntil)
            && (Types is null || Types.Contains(@event.Type))
            && ((Subjects is null && SubjectPrefixes is null) || (@event.Subject is { } subject && MatchesSubject(subject)))
            && (Tags is null || @event.Tags.Any(tag => Tags.Contains(tag)))
            && (Ids is null || Ids.Contains(@event.Id));
    }

    private bool MatchesSubject(string subject) =>
        Subjects?.Contains(subject) == true
        || SubjectPrefixes?.Any(prefix => subject.StartsWith(prefix, StringComparison.Ordinal)) == true;
}
