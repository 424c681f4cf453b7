using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Processes;

/// <summary>Numbers, texts and bytes into a growing buffer: varints, and lengths in front.</summary>
internal static class ByteWriter
{
    public static void Number(this ArrayBufferWriter<byte> output, ulong value)
    {
        var span = output.GetSpan(Varint.MaxLength);
        output.Advance(Varint.Write(span, 0, value));
    }

    public static void Fixed(this ArrayBufferWriter<byte> output, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(output.GetSpan(8), value);
        output.Advance(8);
    }

    public static void Text(this ArrayBufferWriter<byte> output, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        output.Number((ulong)length);
        Encoding.UTF8.GetBytes(text, output.GetSpan(length));
        output.Advance(length);
    }

    public static void Bytes(this ArrayBufferWriter<byte> output, ReadOnlySpan<byte> bytes)
    {
        output.Number((ulong)bytes.Length);
        output.Write(bytes);
    }

    public static void SendNumber(this ArrayBufferWriter<byte> output, SendNumber number)
    {
        output.Number((ulong)number.Incarnation);
        output.Number((ulong)number.Version);
        output.Number((ulong)number.Ordinal);
    }

    public static void Message(this ArrayBufferWriter<byte> output, in EncodedMessage message)
    {
        output.Text(message.Type);
        output.Number((ulong)message.SchemaVersion);
        output.Bytes(message.Data.Span);
    }
}
