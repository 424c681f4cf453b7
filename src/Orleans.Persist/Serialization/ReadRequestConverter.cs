using Orleans.Persist.Journal;

namespace Orleans.Persist.Serialization;

/// <inheritdoc/>
[RegisterConverter]
internal sealed class ReadRequestConverter : IConverter<ReadRequest, ReadRequestSurrogate>
{
    /// <inheritdoc/>
    public ReadRequestSurrogate ConvertToSurrogate(in ReadRequest value) =>
        new(value.From, value.To, value.Backward, value.Limit, value.Filter, value.Incarnation);

    /// <inheritdoc/>
    public ReadRequest ConvertFromSurrogate(in ReadRequestSurrogate surrogate) => new()
    {
        From = surrogate.From,
        To = surrogate.To,
        Backward = surrogate.Backward,
        Limit = surrogate.Limit,
        Filter = surrogate.Filter,
        Incarnation = surrogate.Incarnation,
    };
}
