using Orleans.Persist.Journal;

namespace Orleans.Persist.Serialization;

/// <inheritdoc/>
[RegisterConverter]
internal sealed class StreamIncarnationExceptionConverter : IConverter<StreamIncarnationException, StreamIncarnationExceptionSurrogate>
{
    /// <inheritdoc/>
    public StreamIncarnationExceptionSurrogate ConvertToSurrogate(in StreamIncarnationException value) => new(value.Stream, value.Expected, value.Actual);

    /// <inheritdoc/>
    public StreamIncarnationException ConvertFromSurrogate(in StreamIncarnationExceptionSurrogate surrogate) => new(surrogate.Stream, surrogate.Expected, surrogate.Actual);
}
