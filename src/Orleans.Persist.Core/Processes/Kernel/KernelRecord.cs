using System.Buffers;

namespace Orleans.Persist.Processes;

/// <summary>What the kernel stores with an event (<see cref="Journal.EventData.Kernel"/>): where the message came from, the digest of its turn, the sends it caused and what was acknowledged meanwhile.</summary>
/// <remarks>
/// <code>
/// u8 flags    bit 0 origin, 1 digest, 2 sends, 3 acknowledgements, 4 timer; the others must be 0
/// origin      text sender, number
/// digest      u64, little endian
/// sends       varint n, n times: text receiver, text type, varint schema version, varint length and bytes
/// acks        varint n, n times: text receiver, number
/// timer       text name: the message is this timer's
/// number      varint incarnation, varint version, varint ordinal; a text is its length (varint) and UTF-8
/// </code>
/// </remarks>
internal sealed class KernelRecord
{
    private const byte OriginFlag = 1;
    private const byte DigestFlag = 2;
    private const byte SendsFlag = 4;
    private const byte AcksFlag = 8;
    private const byte TimerFlag = 16;

    public SendOrigin? Origin { get; private init; }

    public ulong Digest { get; private init; }

    public IReadOnlyList<OutgoingSend> Sends { get; private init; } = [];

    public IReadOnlyList<(string To, SendNumber Number)> Acks { get; private init; } = [];

    public string? Timer { get; private init; }

    /// <summary>Writes a record, or nothing at all where there is nothing to say.</summary>
    public static void Write(
        ArrayBufferWriter<byte> output,
        SendOrigin? origin,
        ulong digest,
        List<OutgoingSend> sends,
        List<(string To, SendNumber Number)> acks,
        string? timer)
    {
        var flags = (origin is null ? 0 : OriginFlag) | (digest == 0 ? 0 : DigestFlag) | (sends.Count == 0 ? 0 : SendsFlag)
            | (acks.Count == 0 ? 0 : AcksFlag) | (timer is null ? 0 : TimerFlag);
        if (flags == 0)
            return;
        output.GetSpan(1)[0] = (byte)flags;
        output.Advance(1);
        if (origin is { } from)
        {
            output.Text(from.Sender);
            output.SendNumber(from.Number);
        }

        if (digest != 0)
            output.Fixed(digest);
        if (sends.Count > 0)
        {
            output.Number((ulong)sends.Count);
            foreach (var send in sends)
            {
                output.Text(send.To);
                output.Message(send.Message);
            }
        }

        if (acks.Count > 0)
        {
            output.Number((ulong)acks.Count);
            foreach (var (to, number) in acks)
            {
                output.Text(to);
                output.SendNumber(number);
            }
        }

        if (timer is not null)
            output.Text(timer);
    }

    /// <summary>Reads a record.</summary>
    /// <exception cref="FormatException">It does not parse.</exception>
    public static KernelRecord Read(ReadOnlyMemory<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        var flags = reader.Byte();
        if ((flags & ~(OriginFlag | DigestFlag | SendsFlag | AcksFlag | TimerFlag)) != 0)
            throw new FormatException("The kernel's record was written in a newer layout.");
        SendOrigin? origin = (flags & OriginFlag) != 0 ? new SendOrigin(reader.Text(), reader.SendNumber()) : null;
        var digest = (flags & DigestFlag) != 0 ? reader.Fixed() : 0;
        OutgoingSend[] sends = [];
        if ((flags & SendsFlag) != 0)
        {
            sends = new OutgoingSend[reader.Count(4)];
            for (var i = 0; i < sends.Length; i++)
                sends[i] = new OutgoingSend(reader.Text(), reader.Message());
        }

        (string, SendNumber)[] acks = [];
        if ((flags & AcksFlag) != 0)
        {
            acks = new (string, SendNumber)[reader.Count(4)];
            for (var i = 0; i < acks.Length; i++)
                acks[i] = (reader.Text(), reader.SendNumber());
        }

        var timer = (flags & TimerFlag) != 0 ? reader.Text() : null;
        return reader.AtEnd
            ? new KernelRecord { Origin = origin, Digest = digest, Sends = sends, Acks = acks, Timer = timer }
            : throw new FormatException("The kernel's record is longer than it says.");
    }
}
