namespace Orleans.Persist.Core.Tests.Projections;

/// <summary>What the test's projection folds into.</summary>
public sealed record Balance(long Sum, string Last, int Events);
