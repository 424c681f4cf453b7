using System.Buffers;
using Orleans.Serialization;

namespace Orleans.Persist.JournaledGrains;

/// <summary>A message whose content's type is known, so that it has a name and a codec of its own.</summary>
/// <typeparam name="T">The generated type of a call, or the type of a message.</typeparam>
internal sealed class TypedMessage<T>(T content) : JournaledMessage
    where T : notnull
{
    public override object Content => content;

    internal override void Write(Serializer serializer, IBufferWriter<byte> output) => serializer.Serialize(content, output);
}
