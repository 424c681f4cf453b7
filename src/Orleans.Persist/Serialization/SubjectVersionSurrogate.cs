namespace Orleans.Persist.Serialization;

/// <summary>What is expected of an aggregate.</summary>
[GenerateSerializer, Immutable, Alias("Orleans.Persist.SubjectVersion")]
internal readonly record struct SubjectVersionSurrogate(
    [property: Id(0)] string Subject,
    [property: Id(1)] long Version);
