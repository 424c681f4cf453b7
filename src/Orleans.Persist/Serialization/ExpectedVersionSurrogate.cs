namespace Orleans.Persist.Serialization;

/// <summary>What a writer expects.</summary>
[GenerateSerializer, Immutable, Alias("Orleans.Persist.ExpectedVersion")]
internal readonly record struct ExpectedVersionSurrogate([property: Id(0)] long Version, [property: Id(1)] int Incarnation);
