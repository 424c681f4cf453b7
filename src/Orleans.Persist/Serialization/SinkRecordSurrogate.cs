namespace Orleans.Persist.Serialization;

/// <summary>What a source has noted of a sink.</summary>
[GenerateSerializer, Immutable, Alias("Orleans.Persist.SinkRecord")]
internal readonly record struct SinkRecordSurrogate(
    [property: Id(0)] string Name,
    [property: Id(1)] string Runner,
    [property: Id(2)] long Sequence,
    [property: Id(3)] string? Address,
    [property: Id(4)] int Incarnation,
    [property: Id(5)] long Registered,
    [property: Id(6)] long LastNumber,
    [property: Id(7)] long RunningNumber,
    [property: Id(8)] long RunningVersion,
    [property: Id(9)] long ExportNumber,
    [property: Id(10)] long[] ExportedVersions,
    [property: Id(11)] DateTimeOffset? LastExport,
    [property: Id(12)] long Exports,
    [property: Id(13)] long FailedExports,
    [property: Id(14)] string? LastError);
