using Orleans.Persist.Journal;

namespace Orleans.Persist.Serialization;

/// <inheritdoc/>
[RegisterConverter]
internal sealed class SubjectConflictExceptionConverter : IConverter<SubjectConflictException, SubjectConflictExceptionSurrogate>
{
    /// <inheritdoc/>
    public SubjectConflictExceptionSurrogate ConvertToSurrogate(in SubjectConflictException value) => new(value.Stream, value.Expected, value.Actual);

    /// <inheritdoc/>
    public SubjectConflictException ConvertFromSurrogate(in SubjectConflictExceptionSurrogate surrogate) => new(surrogate.Stream, surrogate.Expected, surrogate.Actual);
}
