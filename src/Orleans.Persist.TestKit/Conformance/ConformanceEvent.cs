using Orleans.Persist.Serialization;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>The event of a <see cref="ConformanceProcess"/>.</summary>
/// <param name="Text">What happened.</param>
[EventType("conformance.happened")]
public sealed record ConformanceEvent(string Text);
