using Orleans.Persist.Journal;

namespace Orleans.Persist.Serialization;

/// <inheritdoc/>
[RegisterConverter]
internal sealed class EventDataConverter : IConverter<EventData, EventDataSurrogate>
{
    /// <inheritdoc/>
    public EventDataSurrogate ConvertToSurrogate(in EventData value)
    {
        var body = new byte[EventBody.MaxLength(value)];
        return new EventDataSurrogate(body.AsMemory(0, EventBody.Write(value, 0, body)), value.Time is not null);
    }

    /// <inheritdoc/>
    public EventData ConvertFromSurrogate(in EventDataSurrogate surrogate)
    {
        EventBody.Validate(surrogate.Body.Span);
        var @event = new RecordedEvent("", 0, 0, 0, default, surrogate.Body);
        return new EventData
        {
            Type = @event.Type,
            Data = @event.Data,
            Id = EventBody.Text(surrogate.Body.Span, EventField.Id),
            Source = EventBody.Text(surrogate.Body.Span, EventField.Source),
            Time = surrogate.HasTime ? @event.Time : null,
            Subject = @event.Subject,
            ContentType = @event.ContentType,
            SchemaVersion = @event.SchemaVersion,
            Tags = @event.Tags,
            Metadata = @event.Metadata,
            Kernel = @event.Kernel,
        };
    }
}
