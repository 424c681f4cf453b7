using System.Text.Json;

namespace Orleans.Persist.AzureStorage.Tables;

/// <summary>A row of the table, written to and read from JSON property by property.</summary>
internal interface ITableRow
{
    string PartitionKey { get; set; }

    string RowKey { get; set; }

    /// <summary>Writes everything but the keys.</summary>
    void Write(EntityWriter writer);

    /// <summary>Takes one property, or ignores it. The reader stands on its value.</summary>
    void Read(ReadOnlySpan<byte> name, ref Utf8JsonReader value);
}
