using Orleans.Persist.Journal;

namespace Orleans.Persist.Serialization;

/// <summary>What <see cref="Orleans.Persist.Journal.VersionConflictException"/> says.</summary>
[GenerateSerializer, Immutable, Alias("Orleans.Persist.VersionConflictException")]
internal readonly record struct VersionConflictExceptionSurrogate(
    [property: Id(0)] string Stream,
    [property: Id(1)] ExpectedVersion Expected,
    [property: Id(2)] StreamHead Actual);
