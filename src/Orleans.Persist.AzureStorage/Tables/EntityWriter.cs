using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Orleans.Persist.AzureStorage.Rest;

namespace Orleans.Persist.AzureStorage.Tables;

/// <summary>Writes an entity as JSON, counts it as the service does and refuses what the service would.</summary>
internal sealed class EntityWriter : IDisposable
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
    private readonly Utf8JsonWriter _json;
    private string _row = "";
    private long _size;
    private int _properties;

    public EntityWriter(PooledBuffer destination) => _json = new Utf8JsonWriter(destination, Options);

    /// <summary>Writes a whole entity.</summary>
    /// <exception cref="TableLimitException">It is beyond a limit.</exception>
    public void Write(ITableRow row)
    {
        _row = row.RowKey;
        _properties = 0;
        CheckKey("partition key", row.PartitionKey);
        CheckKey("row key", row.RowKey);
        _size = 4 + (2L * (row.PartitionKey.Length + row.RowKey.Length));
        _json.WriteStartObject();
        _json.WriteString("PartitionKey"u8, row.PartitionKey);
        _json.WriteString("RowKey"u8, row.RowKey);
        row.Write(this);
        _json.WriteEndObject();
        _json.Flush();
        _json.Reset();
        Check($"The number of properties of row '{_row}'", _properties, TableLimits.Properties);
        Check($"The size of row '{_row}' in bytes", _size, TableLimits.EntityBytes);
    }

    public void Text(string name, string value)
    {
        Count(name, 4 + (2L * value.Length), 2L * value.Length);
        _json.WriteString(name, value);
    }

    public void Int32(string name, int value)
    {
        Count(name, 4, 4);
        _json.WriteNumber(name, value);
    }

    public void Int64(string name, long value)
    {
        Count(name, 8, 8);
        _json.WriteString(name + "@odata.type", "Edm.Int64"u8);
        _json.WriteString(name, value.ToString(CultureInfo.InvariantCulture));
    }

    public void Binary(string name, ReadOnlySpan<byte> value)
    {
        Count(name, 4L + value.Length, value.Length);
        _json.WriteString(name + "@odata.type", "Edm.Binary"u8);
        _json.WriteBase64String(name, value);
    }

    public void Dispose() => _json.Dispose();

    private void Count(string name, long size, long valueBytes)
    {
        Check($"The name of property '{name}' in characters", name.Length, TableLimits.NameCharacters);
        Check($"The size of property '{name}' of row '{_row}' in bytes", valueBytes, TableLimits.PropertyBytes);
        _properties++;
        _size += 8 + (2L * name.Length) + size;
    }

    private static void CheckKey(string what, string key) => Check($"The size of {what} '{(key.Length > 60 ? key[..60] + "…" : key)}' in bytes", 2L * key.Length, TableLimits.KeyBytes);

    private static void Check(string what, long size, long limit)
    {
        if (size > limit)
            throw new TableLimitException(what, size, limit);
    }
}
