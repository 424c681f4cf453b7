using System.Buffers;
using Orleans.Persist.Serialization;
using Orleans.Serialization;

namespace Orleans.Persist.JournaledGrains;

/// <summary>A message as it is stored.</summary>
/// <remarks>
/// <code>
/// replies     varint n, n times: varint the call it answers, u8 0 result, 1 exception; varint length and bytes
/// content     by Orleans' serializer, to the end
/// </code>
/// </remarks>
internal sealed class TypedMessageCodec<T>(Serializer serializer) : IPayloadCodec<TypedMessage<T>>
    where T : notnull
{
    public string ContentType => OrleansPayloadCodec<T>.MediaType;

    public bool ReadsOlderVersions => true; // members have ids

    public void Write(TypedMessage<T> value, IBufferWriter<byte> output)
    {
        Number(output, (ulong)value.Replies.Count);
        foreach (var reply in value.Replies)
        {
            Number(output, (ulong)reply.Call);
            Number(output, reply.IsError ? 1UL : 0);
            Number(output, (ulong)reply.Data.Length);
            output.Write(reply.Data.Span);
        }

        if (value.Encoded.IsEmpty)
            value.Write(serializer, output);
        else
            output.Write(value.Encoded.Span);
    }

    public TypedMessage<T> Read(ReadOnlySpan<byte> data)
    {
        var at = 0;
        var count = Varint.Read(data, ref at);
        if (count > (ulong)data.Length)
            throw new FormatException($"A count of {count} replies is beyond the end.");
        var replies = count == 0 ? [] : new RecordedReply[count];
        for (var i = 0; i < replies.Length; i++)
        {
            var call = checked((int)Varint.Read(data, ref at));
            var isError = Varint.Read(data, ref at) == 1;
            var length = Varint.Read(data, ref at);
            if (length > (ulong)(data.Length - at))
                throw new FormatException($"The {length} bytes of a reply are beyond the end.");
            replies[i] = new RecordedReply(call, isError, data.Slice(at, (int)length).ToArray());
            at += (int)length;
        }

        var content = serializer.Deserialize<T>(data[at..]) ?? throw new FormatException($"The message is null where a {typeof(T).Name} is wanted.");
        return new TypedMessage<T>(content) { Replies = replies };
    }

    private static void Number(IBufferWriter<byte> output, ulong value) => output.Advance(Varint.Write(output.GetSpan(Varint.MaxLength), 0, value));
}
