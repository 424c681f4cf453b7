namespace Orleans.Persist.Serialization;

/// <summary>What an export has stored.</summary>
[GenerateSerializer, Immutable, Alias("Orleans.Persist.ObjectExport")]
internal readonly record struct ObjectExportSurrogate(
    [property: Id(0)] long Objects,
    [property: Id(1)] long Number,
    [property: Id(2)] DateTimeOffset Time);
