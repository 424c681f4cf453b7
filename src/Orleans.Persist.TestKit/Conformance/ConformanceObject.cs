namespace Orleans.Persist.TestKit.Conformance;

/// <summary>What the suites put into object stores.</summary>
internal sealed record ConformanceObject(int Id, DateTimeOffset Time, string Text = "");
