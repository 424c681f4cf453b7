using System.Text.Json.Serialization;

namespace Orleans.Persist.Subscriptions;

/// <summary>A subscription's place as it is journaled. The newest record says all, but for the definition: that stands in a checkpoint.</summary>
internal sealed record SubscriptionRecord
{
    /// <summary>What the subscription gives; only in a checkpoint.</summary>
    public SubscriptionDefinition? Definition { get; init; }

    /// <summary>Which process has written it.</summary>
    public string? Writer { get; init; }

    /// <summary>The incarnation of the source's stream.</summary>
    public int Incarnation { get; init; }

    /// <summary>The next version to look at.</summary>
    public long Next { get; init; }

    /// <summary>Versions below it that are not acknowledged: the first one, and then each as its distance from the one before.</summary>
    public long[] Outstanding { get; init; } = [];

    /// <summary>The versions that are not acknowledged.</summary>
    public IEnumerable<long> Versions()
    {
        var version = 0L;
        foreach (var distance in Outstanding)
            yield return version += distance;
    }
}

[JsonSerializable(typeof(SubscriptionRecord))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
#pragma warning disable MA0048 // the serializer of the record above
internal sealed partial class SubscriptionJson : JsonSerializerContext;
#pragma warning restore MA0048
