namespace Orleans.Persist.Processes;

/// <summary>How a host encodes a message for its receiver.</summary>
public interface ISendCodec
{
    /// <summary>The message as the receiver's kind stores it. The same message always gives the same bytes.</summary>
    /// <exception cref="ArgumentException">The receiver's kind is not known, or does not take such a message; the error says so.</exception>
    EncodedMessage Encode(ProcessId to, object message);
}
