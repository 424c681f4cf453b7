using Orleans.Persist.Serialization;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>A message that the suites' processes send one another.</summary>
/// <param name="Text">What to note.</param>
[EventType("conformance.note")]
public sealed record ConformanceNote(string Text);
