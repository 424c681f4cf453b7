using System.Buffers;
using System.Buffers.Binary;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Bench.Scenarios;

/// <summary>20 bytes, little endian.</summary>
internal sealed class TickCodec : IPayloadCodec<Tick>
{
    public const int Length = 20;

    public string? ContentType => null;

    public static Tick Decode(ReadOnlySpan<byte> data) => new(
        BinaryPrimitives.ReadInt64LittleEndian(data), BinaryPrimitives.ReadInt32LittleEndian(data[8..]), BinaryPrimitives.ReadInt64LittleEndian(data[12..]));

    public void Write(Tick value, IBufferWriter<byte> output)
    {
        var span = output.GetSpan(Length);
        BinaryPrimitives.WriteInt64LittleEndian(span, value.Instrument);
        BinaryPrimitives.WriteInt32LittleEndian(span[8..], value.Quantity);
        BinaryPrimitives.WriteInt64LittleEndian(span[12..], value.Price);
        output.Advance(Length);
    }

    public Tick Read(ReadOnlySpan<byte> data) => Decode(data);
}
