using Orleans.Persist.Sources;

namespace Orleans.Persist.Serialization;

/// <inheritdoc/>
[RegisterConverter]
internal sealed class EventGapExceptionConverter : IConverter<EventGapException, EventGapExceptionSurrogate>
{
    /// <inheritdoc/>
    public EventGapExceptionSurrogate ConvertToSurrogate(in EventGapException value) => new(value.EventSource, value.Sink, value.Covered, value.First);

    /// <inheritdoc/>
    public EventGapException ConvertFromSurrogate(in EventGapExceptionSurrogate surrogate) => new(surrogate.EventSource, surrogate.Sink, surrogate.Covered, surrogate.First);
}
