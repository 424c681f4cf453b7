using Orleans.Persist.Journal;

namespace Orleans.Persist.Serialization;

/// <inheritdoc/>
[RegisterConverter]
internal sealed class ProducerSequenceConverter : IConverter<ProducerSequence, ProducerSequenceSurrogate>
{
    /// <inheritdoc/>
    public ProducerSequenceSurrogate ConvertToSurrogate(in ProducerSequence value) =>
        new(value.Producer, value.Sequence);

    /// <inheritdoc/>
    public ProducerSequence ConvertFromSurrogate(in ProducerSequenceSurrogate surrogate) => new(surrogate.Producer, surrogate.Sequence);
}
