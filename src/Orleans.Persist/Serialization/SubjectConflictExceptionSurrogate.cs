using Orleans.Persist.Journal;

namespace Orleans.Persist.Serialization;

/// <summary>What <see cref="Orleans.Persist.Journal.SubjectConflictException"/> says.</summary>
[GenerateSerializer, Immutable, Alias("Orleans.Persist.SubjectConflictException")]
internal readonly record struct SubjectConflictExceptionSurrogate(
    [property: Id(0)] string Stream,
    [property: Id(1)] SubjectVersion Expected,
    [property: Id(2)] long Actual);
