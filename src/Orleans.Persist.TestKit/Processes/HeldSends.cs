using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using Orleans.Persist.Processes;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.TestKit.Processes;

/// <summary>Encodes what a process under test sends: as the receiver's kind does it where that is known, else as JSON.</summary>
internal sealed class HeldSends(IEnumerable<ProcessDefinition> receivers) : ISendCodec
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { IncludeFields = true };
    private readonly Dictionary<string, ProcessDefinition> _receivers = receivers.ToDictionary(r => r.Type, StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Type> _types = new(StringComparer.Ordinal);

    public EncodedMessage Encode(ProcessId to, object message)
    {
        to.Validate();
        if (_receivers.TryGetValue(to.Type, out var receiver))
            return receiver.Encode(message);
        var type = message.GetType();
        var attribute = type.GetCustomAttribute<EventTypeAttribute>();
        var name = attribute?.Name ?? type.FullName ?? type.Name;
        _types[name] = type;
        return new EncodedMessage(name, attribute?.SchemaVersion ?? 1, JsonSerializer.SerializeToUtf8Bytes(message, type, Json));
    }

    public SentMessage Decode(OutgoingSend send)
    {
        var to = ProcessId.OfStream(send.To);
        var message = _receivers.TryGetValue(to.Type, out var receiver)
            ? receiver.Decode(send.To, send.Message)
            : JsonSerializer.Deserialize(send.Message.Data.Span, _types[send.Message.Type], Json)!;
        return new SentMessage(to, message);
    }
}
