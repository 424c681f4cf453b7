using System.Text.Json;
using Orleans.Persist.AzureStorage.Tables;

namespace Orleans.Persist.AzureStorage.Rows;

/// <summary>When the storage was last swept. Replaced under its ETag by the process that is going to sweep, so that of several one does.</summary>
internal sealed class SweepRow : ITableRow
{
    public string PartitionKey { get; set; } = "sweep";

    public string RowKey { get; set; } = "last";

    /// <summary>In ticks, UTC.</summary>
    public long Started { get; set; }

    public void Write(EntityWriter writer) => writer.Int64("Started", Started);

    public void Read(ReadOnlySpan<byte> name, ref Utf8JsonReader value)
    {
        if (name.SequenceEqual("Started"u8))
            Started = Values.Int64(ref value);
    }
}
