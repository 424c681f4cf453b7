namespace Orleans.Persist.Scopes;

/// <summary>What a load has found.</summary>
/// <param name="Outcome">Whether there is a value, and else why not.</param>
/// <param name="Value">The value where it was found; never changes afterwards, may be kept.</param>
public readonly record struct LoadResult(LoadOutcome Outcome, ReadOnlyMemory<byte> Value = default);
