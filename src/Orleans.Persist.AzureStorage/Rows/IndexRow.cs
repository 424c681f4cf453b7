using System.Text.Json;
using Orleans.Persist.AzureStorage.Tables;

namespace Orleans.Persist.AzureStorage.Rows;

/// <summary>The part of a block of the index that has the keys of one bucket, as an <see cref="IndexFrame"/>.</summary>
internal sealed class IndexRow : ITableRow
{
    public string PartitionKey { get; set; } = "";

    public string RowKey { get; set; } = "";

    public ReadOnlyMemory<byte> Frame { get; set; }

    public void Write(EntityWriter writer) => writer.Binary("Index", Frame.Span);

    public void Read(ReadOnlySpan<byte> name, ref Utf8JsonReader value)
    {
        if (name.SequenceEqual("Index"u8))
            Frame = value.GetBytesFromBase64();
    }
}
