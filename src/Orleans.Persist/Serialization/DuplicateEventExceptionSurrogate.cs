namespace Orleans.Persist.Serialization;

/// <summary>What <see cref="Orleans.Persist.Journal.DuplicateEventException"/> says.</summary>
[GenerateSerializer, Immutable, Alias("Orleans.Persist.DuplicateEventException")]
internal readonly record struct DuplicateEventExceptionSurrogate(
    [property: Id(0)] string Stream,
    [property: Id(1)] string Id,
    [property: Id(2)] long Version);
