namespace Orleans.Persist.Serialization;

/// <summary>What a source knows of a sink.</summary>
[GenerateSerializer, Immutable, Alias("Orleans.Persist.SinkStatus")]
internal readonly record struct SinkStatusSurrogate(
    [property: Id(0)] string Name,
    [property: Id(1)] bool Online,
    [property: Id(2)] long Version,
    [property: Id(3)] long Behind,
    [property: Id(4)] long ExportNumber,
    [property: Id(5)] long ExportedVersion,
    [property: Id(6)] DateTimeOffset? LastExport,
    [property: Id(7)] long Exports,
    [property: Id(8)] long FailedExports,
    [property: Id(9)] long Replayed,
    [property: Id(10)] string? LastError);
