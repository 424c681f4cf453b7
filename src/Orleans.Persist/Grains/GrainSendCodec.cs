using System.Buffers;
using System.Collections.Concurrent;
using Orleans.Persist.Processes;
using Orleans.Persist.Serialization;
using Orleans.Serialization;

namespace Orleans.Persist.Grains;

/// <summary>Encodes what persistent grains send each other, by Orleans' serializer.</summary>
internal sealed class GrainSendCodec(Serializer serializer, ObjectSerializer objects, OrleansTypeNames names) : ISendCodec
{
    private readonly ConcurrentDictionary<string, Type> _types = new(StringComparer.Ordinal);

    public EncodedMessage Encode(ProcessId to, object message)
    {
        var type = message.GetType();
        if (!serializer.CanSerialize(type))
            throw new ArgumentException($"Orleans cannot serialize the message {type} to '{to}': mark it with [GenerateSerializer].", nameof(message));
        var data = new ArrayBufferWriter<byte>();
        objects.Serialize(message, data, type);
        return new EncodedMessage(names.NameOf(type), 1, data.WrittenMemory);
    }

    public object Decode(GrainMessage message)
    {
        var type = _types.GetOrAdd(message.Type, static (name, known) => known.Find(name) ?? throw new ArgumentException($"Nobody knows messages of the type '{name}'."), names);
        return objects.Deserialize(message.Data, type) ?? throw new FormatException($"A message of the type '{message.Type}' is null.");
    }
}
