using System.Buffers.Binary;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.AzureStorage.Rows;

/// <summary>Which of a block of commits have events under which of one bucket's keys, as bytes.</summary>
/// <remarks>
/// <code>
/// u8   format      1
/// u8   bucket      the lowest six bits of the keys
/// u8 × 2           0
/// u32  checksum    CRC-32C of everything behind it
/// u64  stream      StableHash of the stream's name in UTF-8
/// i32  incarnation
/// i32  commits     how many the block has
/// i64  first       the first version of the block
/// i64  last        the last version of the block
/// i64  bytes       of the commits together
/// list             commits with more keys than an index takes: they may have any
/// varint n, n × (u32 upper half of the key, list)
/// </code>
/// A list is a varint n and n varints: the last versions of commits in order, each less the one before, the first less the block's first version.
/// Little endian. Different keys may have the same bucket and upper half: what is found must be compared.
/// </remarks>
internal readonly struct IndexFrame
{
    public const int HeaderLength = 48;

    /// <summary>So many rows has a block: with the row that says how far the index reaches they are one transaction.</summary>
    public const int Buckets = 64;
    private const byte Format = 1;
    private const int CheckedFrom = 8;
    private readonly ReadOnlyMemory<byte> _bytes;

    private IndexFrame(ReadOnlyMemory<byte> bytes) => _bytes = bytes;

    public int Incarnation => BinaryPrimitives.ReadInt32LittleEndian(_bytes.Span[16..]);

    public int Commits => BinaryPrimitives.ReadInt32LittleEndian(_bytes.Span[20..]);

    public long First => BinaryPrimitives.ReadInt64LittleEndian(_bytes.Span[24..]);

    public long Last => BinaryPrimitives.ReadInt64LittleEndian(_bytes.Span[32..]);

    public long Bytes => BinaryPrimitives.ReadInt64LittleEndian(_bytes.Span[40..]);

    public static int BucketOf(ulong key) => (int)(key % Buckets);

    /// <summary>The frame of one bucket.</summary>
    /// <param name="key">The stream.</param>
    /// <param name="block">The block.</param>
    /// <param name="bucket">The bucket.</param>
    /// <param name="keys">Its keys, and for each the last versions of the commits that have it, in order.</param>
    /// <param name="any">The last versions of commits that may have any key.</param>
    public static byte[] Encode(StreamKey key, IndexBlock block, int bucket, IReadOnlyCollection<(ulong Key, List<long> Commits)> keys, List<long> any)
    {
        var size = HeaderLength + Size(any) + Varint.MaxLength + keys.Sum(k => sizeof(uint) + Size(k.Commits));
        var bytes = new byte[size];
        bytes[0] = Format;
        bytes[1] = (byte)bucket;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), key.Hash);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), block.Incarnation);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(20), block.Commits);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), block.First);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), block.Last);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(40), block.Bytes);
        var at = WriteList(bytes, HeaderLength, any, block.First);
        at = Varint.Write(bytes, at, (ulong)keys.Count);
        foreach (var (hash, commits) in keys)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), (uint)(hash >> 32));
            at = WriteList(bytes, at + sizeof(uint), commits, block.First);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), Crc32C.Of(bytes.AsSpan(CheckedFrom, at - CheckedFrom)));
        return bytes[..at];
    }

    /// <summary>The frame of a row, or null where it does not check: the index is derived from the commits, which are then read instead.</summary>
    public static IndexFrame? TryOpen(StreamKey key, int incarnation, int bucket, IndexRow row)
    {
        var span = row.Frame.Span;
        if (span.Length <= HeaderLength || span[0] != Format || span[1] != bucket || BinaryPrimitives.ReadUInt32LittleEndian(span[4..]) != Crc32C.Of(span[CheckedFrom..]))
            return null;
        var frame = new IndexFrame(row.Frame);
        return BinaryPrimitives.ReadUInt64LittleEndian(span[8..]) == key.Hash && frame.Incarnation == incarnation && row.RowKey == StreamKey.Index(incarnation, bucket, frame.Last)
            ? frame
            : null;
    }

    /// <summary>Adds the last versions of the commits that may have events under one of the keys that are of this frame's bucket. Neither in order nor each once.</summary>
    /// <exception cref="FormatException">The frame cannot be walked.</exception>
    public void Find(ReadOnlySpan<ulong> keys, List<long> commits)
    {
        var bytes = _bytes.Span;
        var at = HeaderLength;
        ReadList(bytes, ref at, commits);
        var left = Varint.Read(bytes, ref at);
        for (; left > 0; left--)
        {
            if (at + sizeof(uint) > bytes.Length)
                throw new FormatException("A key is cut off.");
            var found = BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
            at += sizeof(uint);
            var wanted = false;
            foreach (var key in keys)
                wanted |= (uint)(key >> 32) == found && BucketOf(key) == bytes[1];
            ReadList(bytes, ref at, wanted ? commits : null);
        }
    }

    private void ReadList(ReadOnlySpan<byte> bytes, ref int at, List<long>? commits)
    {
        var version = First;
        for (var left = Varint.Read(bytes, ref at); left > 0; left--)
        {
            version += (long)Varint.Read(bytes, ref at);
            commits?.Add(version);
        }
    }

    private static int Size(List<long> commits) => Varint.MaxLength * (commits.Count + 1);

    private static int WriteList(byte[] bytes, int at, List<long> commits, long before)
    {
        at = Varint.Write(bytes, at, (ulong)commits.Count);
        foreach (var commit in commits)
        {
            at = Varint.Write(bytes, at, (ulong)(commit - before));
            before = commit;
        }

        return at;
    }
}
