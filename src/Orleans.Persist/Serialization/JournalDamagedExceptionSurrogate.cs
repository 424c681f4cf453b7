namespace Orleans.Persist.Serialization;

/// <summary>What <see cref="Orleans.Persist.Journal.JournalDamagedException"/> says.</summary>
[GenerateSerializer, Immutable, Alias("Orleans.Persist.JournalDamagedException")]
internal readonly record struct JournalDamagedExceptionSurrogate(
    [property: Id(0)] string What,
    [property: Id(1)] string Place,
    [property: Id(2)] string? Stream,
    [property: Id(3)] long Version);
