using System.Buffers.Binary;
using System.Diagnostics;
using System.Text.Json;
using Orleans.Persist.Embedded.Files;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Bench.Scenarios;

/// <summary>The bare loop: reads the same segment files from begin to end, checks each record's checksum and, if asked, decodes each payload.</summary>
internal static class BareScan
{
    private const int SegmentHeader = 128;
    private const int RecordHeader = 56;
    private const int Chunk = 1 << 20;

    /// <summary>How many events a second.</summary>
    public static double Run(string journal, bool decode)
    {
        var directory = new DiskDirectory(journal);
        var (events, sum, buffer) = (0L, 0L, new byte[Chunk]);
        var start = Stopwatch.GetTimestamp();
        foreach (var name in directory.List().Where(file => file.EndsWith(".log", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var file = directory.OpenRead(name);
            var (offset, filled, at) = ((long)SegmentHeader, 0, 0);
            while (true)
            {
                var left = filled - at;
                if (left < 4 || left < BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(at)))
                {
                    buffer.AsSpan(at, left).CopyTo(buffer);
                    var read = file.Read(offset, buffer.AsSpan(left));
                    (offset, filled, at) = (offset + read, left + read, 0);
                    if (read == 0)
                        break;
                    continue;
                }

                var record = buffer.AsSpan(at, BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(at)));
                if (Crc32C.Of(record[8..]) != BinaryPrimitives.ReadUInt32LittleEndian(record[4..]))
                    throw new InvalidDataException($"{name} does not check.");
                var count = BinaryPrimitives.ReadInt32LittleEndian(record[52..]);
                if (decode)
                    sum += Decode(record, count);
                events += count;
                at += record.Length;
            }
        }

        GC.KeepAlive(sum);
        return events / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static long Decode(ReadOnlySpan<byte> record, int count)
    {
        var sum = 0L;
        var at = RecordHeader + BinaryPrimitives.ReadUInt16LittleEndian(record[10..]);
        for (; count > 0; count--)
        {
            var length = (int)Varint.Read(record, ref at);
            var body = record.Slice(at, length);
            sum += JsonSerializer.Deserialize(body[EventBody.DataOffset(body)..], ReplayOrderJson.Default.ReplayOrder)!.Quantity;
            at += length;
        }

        return sum;
    }
}
