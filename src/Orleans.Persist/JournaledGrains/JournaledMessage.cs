using System.Buffers;
using Orleans.Serialization;
using Orleans.Serialization.Invocation;

namespace Orleans.Persist.JournaledGrains;

/// <summary>What a message-journaled grain has handled: a call, or a message that another grain or one of its timers has sent. It is the event of the grain's stream (requirement m.1).</summary>
public abstract class JournaledMessage
{
    private protected JournaledMessage()
    {
    }

    /// <summary>The call (an <see cref="IInvokable"/>), or the message.</summary>
    public abstract object Content { get; }

    /// <summary>The replies to the calls that its handler made, in the order in which the handler got them.</summary>
    internal IReadOnlyList<RecordedReply> Replies { get; set; } = [];

    /// <summary>The content as it came in; a handler may change what it is given. Empty where it is as it was read.</summary>
    internal ReadOnlyMemory<byte> Encoded { get; set; }

    /// <summary>Writes the content by Orleans' serializer.</summary>
    internal abstract void Write(Serializer serializer, IBufferWriter<byte> output);
}
