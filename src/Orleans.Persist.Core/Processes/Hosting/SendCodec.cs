namespace Orleans.Persist.Processes;

/// <summary>Encodes what processes send, by the kinds that a host knows.</summary>
internal sealed class SendCodec(IReadOnlyDictionary<string, ProcessDefinition> definitions) : ISendCodec
{
    public EncodedMessage Encode(ProcessId to, object message)
    {
        to.Validate();
        return definitions.TryGetValue(to.Type, out var definition)
            ? definition.Encode(message)
            : throw new ArgumentException($"There is no process type '{to.Type}' in this host; it has {string.Join(", ", definitions.Keys.Order(StringComparer.Ordinal))}.");
    }
}
