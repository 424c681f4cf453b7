using Orleans.Serialization;

namespace Orleans.Persist.Serialization;

/// <summary>Payloads of all types by Orleans' serializer, as it is configured in the silo. The default for events of grains.</summary>
public sealed class OrleansPayloadCodecFactory(Serializer serializer) : IPayloadCodecFactory
{
    /// <inheritdoc/>
    public IPayloadCodec<T> Create<T>() => serializer.CanSerialize<T>()
        ? new OrleansPayloadCodec<T>(serializer.GetSerializer<T>())
        : throw new NotSupportedException($"Orleans cannot serialize {typeof(T)}: mark it with [GenerateSerializer], or configure a serializer for it.");
}
