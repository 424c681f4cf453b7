namespace Orleans.Persist.Serialization;

/// <summary>How far a sink has come.</summary>
[GenerateSerializer, Immutable, Alias("Orleans.Persist.SinkProgress")]
internal readonly record struct SinkProgressSurrogate(
    [property: Id(0)] bool Online,
    [property: Id(1)] long Version,
    [property: Id(2)] long ExportedVersion,
    [property: Id(3)] long Replayed,
    [property: Id(4)] string? Error);
