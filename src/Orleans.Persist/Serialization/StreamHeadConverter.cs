using Orleans.Persist.Journal;

namespace Orleans.Persist.Serialization;

/// <inheritdoc/>
[RegisterConverter]
internal sealed class StreamHeadConverter : IConverter<StreamHead, StreamHeadSurrogate>
{
    /// <inheritdoc/>
    public StreamHeadSurrogate ConvertToSurrogate(in StreamHead value) =>
        new(value.Stream, value.Incarnation, value.Version, value.FirstVersion, value.Recorded);

    /// <inheritdoc/>
    public StreamHead ConvertFromSurrogate(in StreamHeadSurrogate surrogate) => new(surrogate.Stream, surrogate.Incarnation, surrogate.Version, surrogate.FirstVersion, surrogate.Recorded);
}
