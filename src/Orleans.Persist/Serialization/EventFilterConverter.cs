using Orleans.Persist.Journal;

namespace Orleans.Persist.Serialization;

/// <inheritdoc/>
[RegisterConverter]
internal sealed class EventFilterConverter : IConverter<EventFilter, EventFilterSurrogate>
{
    /// <inheritdoc/>
    public EventFilterSurrogate ConvertToSurrogate(in EventFilter value) =>
        new(value.Types?.ToArray(), value.Subjects?.ToArray(), value.Tags?.ToArray(), value.Since, value.Until, value.RecordedSince, value.RecordedUntil, value.SubjectPrefixes?.ToArray(), value.Ids?.ToArray());

    /// <inheritdoc/>
    public EventFilter ConvertFromSurrogate(in EventFilterSurrogate surrogate) => new()
    {
        Types = surrogate.Types,
        Subjects = surrogate.Subjects,
        Tags = surrogate.Tags,
        Since = surrogate.Since,
        Until = surrogate.Until,
        RecordedSince = surrogate.RecordedSince,
        RecordedUntil = surrogate.RecordedUntil,
        SubjectPrefixes = surrogate.SubjectPrefixes,
        Ids = surrogate.Ids,
    };
}
