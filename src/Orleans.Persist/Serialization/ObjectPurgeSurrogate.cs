namespace Orleans.Persist.Serialization;

/// <summary>What a purge has done.</summary>
[GenerateSerializer, Immutable, Alias("Orleans.Persist.ObjectPurge")]
internal readonly record struct ObjectPurgeSurrogate(
    [property: Id(0)] long Purged,
    [property: Id(1)] long Kept,
    [property: Id(2)] DateTimeOffset Cutoff);
