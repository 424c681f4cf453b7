using Orleans.Persist.Embedded.Format;

namespace Orleans.Persist.Embedded.Attributes;

/// <summary>What an event needs to know of its record, for records so long that reading their begin for each of their events would cost a read of its own.</summary>
/// <param name="Offset">Of the record in the segment; never 0.</param>
/// <param name="Incarnation">Of the stream.</param>
/// <param name="Stream">The stream's key.</param>
/// <param name="Version">Of the first event.</param>
/// <param name="Position">Of the first event.</param>
/// <param name="Recorded">When, in ticks.</param>
/// <param name="Events">How many events the record has.</param>
/// <param name="PrefixChecksum">Over what stands before the events, see <see cref="EventReader"/>.</param>
internal readonly record struct RecordHead(
    uint Offset, int Incarnation, ulong Stream, long Version, long Position, long Recorded, int Events, uint PrefixChecksum)
{
    /// <summary>Bytes of an entry in the index file.</summary>
    public const int Length = 48;

    /// <summary>Records of so many bytes have an entry: at most 48 bytes of memory for each.</summary>
    public const int FromLength = 8 << 10;

    public long LastVersion => Version + Events - 1;

    /// <summary>The head of a record that begins at an offset.</summary>
    public static RecordHead Of(uint offset, ulong stream, RecordHeader header, uint prefixChecksum) =>
        new(offset, header.Incarnation, stream, header.Version, header.Position, header.Recorded, header.Events, prefixChecksum);

    /// <summary>The entry for the record at an offset, or one with offset 0. The entries are in the order of their offsets.</summary>
    public static RecordHead Find(ReadOnlySpan<RecordHead> heads, uint offset)
    {
        var (low, high) = (0, heads.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (heads[middle].Offset == offset)
                return heads[middle];
            if (heads[middle].Offset < offset)
                low = middle + 1;
            else
                high = middle;
        }

        return default;
    }
}
