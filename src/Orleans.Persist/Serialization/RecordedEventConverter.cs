using Orleans.Persist.Journal;

namespace Orleans.Persist.Serialization;

/// <inheritdoc/>
[RegisterConverter]
internal sealed class RecordedEventConverter : IConverter<RecordedEvent, RecordedEventSurrogate>
{
    /// <inheritdoc/>
    public RecordedEventSurrogate ConvertToSurrogate(in RecordedEvent value) =>
        new(value.Stream, value.Incarnation, value.Version, value.Position, value.Recorded.UtcDateTime, value.Body);

    /// <inheritdoc/>
    public RecordedEvent ConvertFromSurrogate(in RecordedEventSurrogate surrogate)
    {
        EventBody.Validate(surrogate.Body.Span);
        return new(surrogate.Stream, surrogate.Incarnation, surrogate.Version, surrogate.Position, surrogate.Recorded, surrogate.Body);
    }
}
