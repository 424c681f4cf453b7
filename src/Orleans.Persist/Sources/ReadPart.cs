using Orleans.Persist.Journal;

namespace Orleans.Persist.Sources;

/// <summary>A part of a read.</summary>
/// <param name="Events">The events.</param>
/// <param name="Next">What to read next; null at the end.</param>
[GenerateSerializer, Immutable, Alias("Orleans.Persist.ReadPart")]
internal sealed record ReadPart([property: Id(0)] RecordedEvent[] Events, [property: Id(1)] ReadRequest? Next);
