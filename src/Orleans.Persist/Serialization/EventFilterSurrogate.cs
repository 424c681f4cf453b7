namespace Orleans.Persist.Serialization;

/// <summary>Which events to read.</summary>
[GenerateSerializer, Immutable, Alias("Orleans.Persist.EventFilter")]
internal readonly record struct EventFilterSurrogate(
    [property: Id(0)] string[]? Types,
    [property: Id(1)] string[]? Subjects,
    [property: Id(2)] string[]? Tags,
    [property: Id(3)] DateTimeOffset? Since,
    [property: Id(4)] DateTimeOffset? Until,
    [property: Id(5)] DateTimeOffset? RecordedSince,
    [property: Id(6)] DateTimeOffset? RecordedUntil,
    [property: Id(7)] string[]? SubjectPrefixes,
    [property: Id(8)] string[]? Ids);
