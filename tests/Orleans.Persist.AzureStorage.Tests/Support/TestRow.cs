using System.Text.Json;
using Orleans.Persist.AzureStorage.Tables;

namespace Orleans.Persist.AzureStorage.Tests.Support;

/// <summary>A row of whatever a test puts into it.</summary>
internal sealed class TestRow : ITableRow
{
    public string PartitionKey { get; set; } = "p";

    public string RowKey { get; set; } = "r";

    public Action<EntityWriter> Properties { get; set; } = _ => { };

    public void Write(EntityWriter writer) => Properties(writer);

    public void Read(ReadOnlySpan<byte> name, ref Utf8JsonReader value)
    {
    }
}
