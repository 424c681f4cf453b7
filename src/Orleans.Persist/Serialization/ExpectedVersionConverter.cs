using Orleans.Persist.Journal;

namespace Orleans.Persist.Serialization;

/// <inheritdoc/>
[RegisterConverter]
internal sealed class ExpectedVersionConverter : IConverter<ExpectedVersion, ExpectedVersionSurrogate>
{
    /// <inheritdoc/>
    public ExpectedVersionSurrogate ConvertToSurrogate(in ExpectedVersion value) => new(value.Version, value.Incarnation);

    /// <inheritdoc/>
    public ExpectedVersion ConvertFromSurrogate(in ExpectedVersionSurrogate surrogate) => new(surrogate.Version, surrogate.Incarnation);
}
