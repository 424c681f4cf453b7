using System.Buffers;
using System.Buffers.Binary;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Core.Tests.Serialization;

/// <summary>Deposits in eight bytes.</summary>
internal sealed class BinaryDeposits : IPayloadCodec<Deposited>
{
    public string? ContentType => null;

    public void Write(Deposited value, IBufferWriter<byte> output)
    {
        BinaryPrimitives.WriteInt64LittleEndian(output.GetSpan(8), decimal.ToInt64(value.Amount * 100));
        output.Advance(8);
    }

    public Deposited Read(ReadOnlySpan<byte> data) => data.Length is 8
        ? new Deposited(BinaryPrimitives.ReadInt64LittleEndian(data) / 100m)
        : throw new FormatException($"A deposit of {data.Length} bytes.");
}
