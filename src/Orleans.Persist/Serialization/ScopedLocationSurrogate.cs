using Orleans.Persist.Scopes;

namespace Orleans.Persist.Serialization;

/// <summary>What <see cref="ScopedLocation"/> says.</summary>
[GenerateSerializer, Immutable, Alias("Orleans.Persist.ScopedLocation")]
internal readonly record struct ScopedLocationSurrogate(
    [property: Id(0)] byte Kind,
    [property: Id(1)] string Bridge,
    [property: Id(2)] string Instance,
    [property: Id(3)] string Key);
