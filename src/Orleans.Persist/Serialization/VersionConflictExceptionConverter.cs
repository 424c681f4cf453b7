using Orleans.Persist.Journal;

namespace Orleans.Persist.Serialization;

/// <inheritdoc/>
[RegisterConverter]
internal sealed class VersionConflictExceptionConverter : IConverter<VersionConflictException, VersionConflictExceptionSurrogate>
{
    /// <inheritdoc/>
    public VersionConflictExceptionSurrogate ConvertToSurrogate(in VersionConflictException value) => new(value.Stream, value.Expected, value.Actual);

    /// <inheritdoc/>
    public VersionConflictException ConvertFromSurrogate(in VersionConflictExceptionSurrogate surrogate) => new(surrogate.Stream, surrogate.Expected, surrogate.Actual);
}
