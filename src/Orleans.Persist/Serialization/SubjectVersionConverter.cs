using Orleans.Persist.Journal;

namespace Orleans.Persist.Serialization;

/// <inheritdoc/>
[RegisterConverter]
internal sealed class SubjectVersionConverter : IConverter<SubjectVersion, SubjectVersionSurrogate>
{
    /// <inheritdoc/>
    public SubjectVersionSurrogate ConvertToSurrogate(in SubjectVersion value) => new(value.Subject, value.Version);

    /// <inheritdoc/>
    public SubjectVersion ConvertFromSurrogate(in SubjectVersionSurrogate surrogate) => new(surrogate.Subject, surrogate.Version);
}
