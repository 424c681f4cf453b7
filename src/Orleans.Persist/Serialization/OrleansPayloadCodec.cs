using System.Buffers;
using Orleans.Serialization;

namespace Orleans.Persist.Serialization;

/// <summary>Payloads by Orleans' serializer: what a grain can send, it can store.</summary>
/// <typeparam name="T">The concrete type of the payloads.</typeparam>
internal sealed class OrleansPayloadCodec<T>(Serializer<T> serializer) : IPayloadCodec<T>
{
    /// <summary>The media type that is stored with every event.</summary>
    public const string MediaType = "application/x-orleans";

    public string ContentType => MediaType;

    public bool ReadsOlderVersions => true; // members have ids

    public void Write(T value, IBufferWriter<byte> output) => serializer.Serialize(value, output);

    public T Read(ReadOnlySpan<byte> data) =>
        serializer.Deserialize(data) ?? throw new FormatException($"The payload is null where a {typeof(T).Name} is wanted.");
}
