using Orleans.Persist.Serialization;

namespace Orleans.Persist.Journal;

/// <summary>Which events a read is to return. Every condition that is set must hold; within one, any of its values.</summary>
public sealed record EventFilter
{
    /// <summary>Only events of these types.</summary>
    public IReadOnlyCollection<string>? Types { get; init; }

    /// <summary>Only events about these subjects (aggregates).</summary>
    public IReadOnlyCollection<string>? Subjects { get; init; }

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
            && (Subjects is null || (@event.Subject is { } subject && Subjects.Contains(subject)))
            && (Tags is null || @event.Tags.Any(tag => Tags.Contains(tag)));
    }
}
