using System.Text.Json.Serialization;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Subscriptions;

/// <summary>What a named subscription gives, and how.</summary>
public sealed record SubscriptionDefinition
{
    /// <summary>The most values of one condition.</summary>
    public const int MaxValues = 1_000;

    /// <summary>Where a new subscription begins; when null, with the oldest event there is. Means nothing for one that is there already.</summary>
    [JsonIgnore]
    public long? FromVersion { get; init; }

    /// <inheritdoc cref="EventFilter.Types"/>
    public IReadOnlyList<string>? Types { get; init; }

    /// <inheritdoc cref="EventFilter.Subjects"/>
    public IReadOnlyList<string>? Subjects { get; init; }

    /// <inheritdoc cref="EventFilter.SubjectPrefixes"/>
    public IReadOnlyList<string>? SubjectPrefixes { get; init; }

    /// <inheritdoc cref="EventFilter.Tags"/>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>For how long events that were taken are nobody else's. Default 30 seconds; from 1 second to 1 day.</summary>
    public TimeSpan LeaseTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The most events that may be taken and not acknowledged; beyond it nothing new is given. Default 10,000; from 1 to 100,000.</summary>
    public int MaxOutstanding { get; init; } = 10_000;

    /// <summary>The conditions on events, null where there are none.</summary>
    internal EventFilter? ToFilter() => Types is null && Subjects is null && SubjectPrefixes is null && Tags is null
        ? null
        : new EventFilter { Types = Set(Types), Subjects = Set(Subjects), SubjectPrefixes = Set(SubjectPrefixes), Tags = Set(Tags) };

    /// <summary>Whether another definition gives the same.</summary>
    internal bool IsSameAs(SubscriptionDefinition other) =>
        Same(Types, other.Types) && Same(Subjects, other.Subjects) && Same(SubjectPrefixes, other.SubjectPrefixes) && Same(Tags, other.Tags)
        && LeaseTime == other.LeaseTime && MaxOutstanding == other.MaxOutstanding;

    internal void Validate()
    {
        if (FromVersion < 1)
            throw new ArgumentException($"A subscription begins with version 1 or later, not {FromVersion}.");
        if (LeaseTime < TimeSpan.FromSeconds(1) || LeaseTime > TimeSpan.FromDays(1))
            throw new ArgumentException($"A lease lasts from 1 second to 1 day, not {LeaseTime}.");
        if (MaxOutstanding is < 1 or > 100_000)
            throw new ArgumentException($"From 1 to 100,000 events may be outstanding, not {MaxOutstanding}.");
        foreach (var values in (IReadOnlyList<string>?[])[Types, Subjects, SubjectPrefixes, Tags])
        {
            if (values is { Count: > MaxValues })
                throw new ArgumentException($"A condition may have {MaxValues:N0} values, not {values.Count:N0}.");
            if (values?.Contains(null!) == true)
                throw new ArgumentException("A condition has a value that is null.");
        }
    }

    private static HashSet<string>? Set(IReadOnlyList<string>? values) => values is null ? null : new(values, StringComparer.Ordinal);

    private static bool Same(IReadOnlyList<string>? a, IReadOnlyList<string>? b) =>
        a is null || b is null ? a is null && b is null : Set(a)!.SetEquals(b);
}
