using System.Text.Json;
using Orleans.Persist.AzureStorage.Tables;

namespace Orleans.Persist.AzureStorage.Rows;

/// <summary>Up to which version a stream's commits are indexed. Replaced under its ETag in the transaction that writes a block of the index, so of two processes at it one fails.</summary>
internal sealed class IndexedRow : ITableRow
{
    public string PartitionKey { get; set; } = "";

    public string RowKey { get; set; } = StreamKey.Indexed;

    public int Incarnation { get; set; }

    /// <summary>The last version that is indexed.</summary>
    public long Version { get; set; }

    public void Write(EntityWriter writer)
    {
        writer.Int32("Incarnation", Incarnation);
        writer.Int64("Version", Version);
    }

    public void Read(ReadOnlySpan<byte> name, ref Utf8JsonReader value)
    {
        if (name.SequenceEqual("Incarnation"u8))
            Incarnation = (int)Values.Int64(ref value);
        else if (name.SequenceEqual("Version"u8))
            Version = Values.Int64(ref value);
    }
}
