using Orleans.Persist.Sources;

namespace Orleans.Persist.Serialization;

/// <inheritdoc/>
[RegisterConverter]
internal sealed class SinkChangeConverter : IConverter<SinkChange, SinkChangeSurrogate>
{
    /// <inheritdoc/>
    public SinkChangeSurrogate ConvertToSurrogate(in SinkChange value) =>
        new(value.Kind, value.Sink, value.Runner, value.Sequence, value.Address, value.Incarnation, value.Version, value.Found, value.Error);

    /// <inheritdoc/>
    public SinkChange ConvertFromSurrogate(in SinkChangeSurrogate surrogate) => new()
    {
        Kind = surrogate.Kind,
        Sink = surrogate.Sink,
        Runner = surrogate.Runner,
        Sequence = surrogate.Sequence,
        Address = surrogate.Address,
        Incarnation = surrogate.Incarnation,
        Version = surrogate.Version,
        Found = surrogate.Found,
        Error = surrogate.Error,
    };
}
