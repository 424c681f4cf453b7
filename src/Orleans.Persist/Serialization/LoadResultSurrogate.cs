using Orleans.Persist.Scopes;

namespace Orleans.Persist.Serialization;

/// <summary>What <see cref="LoadResult"/> says.</summary>
[GenerateSerializer, Immutable, Alias("Orleans.Persist.LoadResult")]
internal readonly record struct LoadResultSurrogate([property: Id(0)] LoadOutcome Outcome, [property: Id(1)] ReadOnlyMemory<byte> Value);
