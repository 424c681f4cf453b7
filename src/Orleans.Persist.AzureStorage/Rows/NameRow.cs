using System.Text.Json;
using Orleans.Persist.AzureStorage.Tables;

namespace Orleans.Persist.AzureStorage.Rows;

/// <summary>The name of a stream or of a snapshot owner, for listing. Written before the first thing that bears the name, and never removed.</summary>
internal sealed class NameRow : ITableRow
{
    public string PartitionKey { get; set; } = "";

    public string RowKey { get; set; } = "";

    public string Name { get; set; } = "";

    public void Write(EntityWriter writer) => writer.Text("Name", Name);

    public void Read(ReadOnlySpan<byte> name, ref Utf8JsonReader value)
    {
        if (name.SequenceEqual("Name"u8))
            Name = value.GetString() ?? "";
    }
}
