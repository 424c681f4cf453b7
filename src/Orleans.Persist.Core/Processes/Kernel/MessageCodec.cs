using System.Buffers;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Processes;

/// <summary>Messages of one kind of process to bytes and back, by the same names, codecs and adapters as events.</summary>
/// <typeparam name="T">Their common type.</typeparam>
public sealed class MessageCodec<T>(EventTypes<T> types)
    where T : notnull
{
    /// <summary>Encodes a message.</summary>
    /// <exception cref="ArgumentException">Its type is not registered.</exception>
    public EncodedMessage Encode(T message)
    {
        var data = types.ToJournal(message, new EventStamp { Time = DateTimeOffset.UnixEpoch }, new ArrayBufferWriter<byte>());
        return new EncodedMessage(data.Type, data.SchemaVersion, data.Data);
    }

    /// <summary>Decodes a message; several where an adapter makes several of it.</summary>
    /// <exception cref="JournalException">It cannot be decoded; the message says why.</exception>
    public void Decode(string stream, in EncodedMessage message, List<T> into)
    {
        var data = new EventData { Type = message.Type, SchemaVersion = message.SchemaVersion, Data = message.Data, Time = DateTimeOffset.UnixEpoch };
        var body = new byte[EventBody.MaxLength(data)];
        var length = EventBody.Write(data, 0, body);
        types.FromJournal(new RecordedEvent(stream, 1, 0, 0, default, body.AsMemory(0, length)), into);
    }

    /// <summary>Decodes a message that is exactly one.</summary>
    /// <exception cref="JournalException">It cannot be decoded, or is none or several today.</exception>
    public T DecodeOne(string stream, in EncodedMessage message)
    {
        var messages = new List<T>(1);
        Decode(stream, message, messages);
        return messages.Count == 1 ? messages[0] : throw new JournalException($"A message of type '{message.Type}' to '{stream}' is {messages.Count} messages today.");
    }
}
