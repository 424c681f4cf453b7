namespace Orleans.Persist.Serialization;

/// <summary>An event on its way to a source: in the journal's own layout, and whether it has a time.</summary>
[GenerateSerializer, Immutable, Alias("Orleans.Persist.EventData")]
internal readonly record struct EventDataSurrogate([property: Id(0)] ReadOnlyMemory<byte> Body, [property: Id(1)] bool HasTime);
