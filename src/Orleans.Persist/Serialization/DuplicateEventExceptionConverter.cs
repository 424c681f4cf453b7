using Orleans.Persist.Journal;

namespace Orleans.Persist.Serialization;

/// <inheritdoc/>
[RegisterConverter]
internal sealed class DuplicateEventExceptionConverter : IConverter<DuplicateEventException, DuplicateEventExceptionSurrogate>
{
    /// <inheritdoc/>
    public DuplicateEventExceptionSurrogate ConvertToSurrogate(in DuplicateEventException value) => new(value.Stream, value.Id, value.Version);

    /// <inheritdoc/>
    public DuplicateEventException ConvertFromSurrogate(in DuplicateEventExceptionSurrogate surrogate) => new(surrogate.Stream, surrogate.Id, surrogate.Version);
}
