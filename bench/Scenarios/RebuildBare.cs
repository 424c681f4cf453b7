using System.Buffers.Binary;
using System.Collections.Concurrent;
using Orleans.Persist.Embedded.Files;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Bench.Scenarios;

/// <summary>The bare two-threaded loop: one thread reads the segment files and checks each record, the other decodes with the same codec and applies the same handler. No engine.</summary>
internal static class RebuildBare
{
    private const int SegmentHeader = 128;
    private const int RecordHeader = 56;
    private const int Chunk = 1 << 20;

    public static (long Messages, long Digest) Run(string journal)
    {
        using var chunks = new BlockingCollection<(byte[] Bytes, int Length)>(4);
        using var free = new BlockingCollection<byte[]>();
        for (var i = 0; i < 6; i++)
            free.Add(new byte[Chunk]);
        var states = new Dictionary<ulong, StrategyState>();
        long messages = 0;
        var apply = new Thread(() =>
        {
            foreach (var (bytes, length) in chunks.GetConsumingEnumerable())
            {
                messages += Apply(bytes.AsSpan(0, length), states);
                free.Add(bytes);
            }
        });
        apply.Start();
        try
        {
            Read(journal, free, chunks);
        }
        finally
        {
            chunks.CompleteAdding();
        }

        apply.Join();
        var digest = 0L;
        for (var actor = 0; actor < RebuildLog.Actors; actor++)
            digest = RebuildChild.Add(digest, states[Serialization.StableHash.Of(System.Text.Encoding.UTF8.GetBytes($"{Strategy.Kind}/{RebuildLog.Key(actor)}"))]);
        return (messages, digest);
    }

    private static void Read(string journal, BlockingCollection<byte[]> free, BlockingCollection<(byte[] Bytes, int Length)> chunks)
    {
        var directory = new DiskDirectory(journal);
        foreach (var name in directory.List().Where(file => file.EndsWith(".log", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var file = directory.OpenRead(name);
            var offset = (long)SegmentHeader;
            while (true)
            {
                var bytes = free.Take();
                var read = file.Read(offset, bytes);
                var whole = Check(bytes.AsSpan(0, read), name);
                offset += whole;
                if (whole == 0)
                {
                    free.Add(bytes);
                    break;
                }

                chunks.Add((bytes, whole));
            }
        }
    }

    /// <summary>Checks the records that are whole and returns their length; a length of zero is the segment's end.</summary>
    private static int Check(ReadOnlySpan<byte> bytes, string name)
    {
        var at = 0;
        while (bytes.Length - at >= RecordHeader && BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]) is > 0 and var length && length <= bytes.Length - at)
        {
            if (Crc32C.Of(bytes.Slice(at + 8, length - 8)) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[(at + 4)..]))
                throw new InvalidDataException($"{name} does not check.");
            at += length;
        }

        return at;
    }

    private static long Apply(ReadOnlySpan<byte> bytes, Dictionary<ulong, StrategyState> states)
    {
        long messages = 0;
        for (var start = 0; start < bytes.Length; start += BinaryPrimitives.ReadInt32LittleEndian(bytes[start..]))
        {
            var record = bytes.Slice(start, BinaryPrimitives.ReadInt32LittleEndian(bytes[start..]));
            var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(record[10..]);
            var key = Serialization.StableHash.Of(record.Slice(RecordHeader, nameLength));
            if (!states.TryGetValue(key, out var state))
                states.Add(key, state = new StrategyState());
            var at = RecordHeader + nameLength;
            for (var count = BinaryPrimitives.ReadInt32LittleEndian(record[52..]); count > 0; count--)
            {
                var length = (int)Varint.Read(record, ref at);
                var body = record.Slice(at, length);
                state.On(TickCodec.Decode(body[EventBody.DataOffset(body)..]));
                at += length;
                messages++;
            }
        }

        return messages;
    }
}
