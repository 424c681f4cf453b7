using System.Buffers;
using System.Text.Json;

namespace Orleans.Persist.AzureStorage.Tables;

/// <summary>Parses rows from a response as its bytes arrive. Holds one property's bytes at a time beside the rows.</summary>
/// <param name="list">Whether the response is a query's, with its rows in an array, or a row by itself.</param>
internal sealed class EntityReader<TRow>(bool list)
    where TRow : class, ITableRow, new()
{
    private const int FirstBuffer = 128 << 10;

    // Three times what one property may take in Base64, with room for escapes.
    private const int LargestBuffer = 1 << 20;
    private readonly int _entityDepth = list ? 2 : 0;
    private readonly byte[] _name = new byte[4 * TableLimits.NameCharacters];
    private int _nameLength;
    private JsonReaderState _state;
    private TRow? _row;

    /// <summary>The rows that are complete.</summary>
    public List<TRow> Rows { get; } = [];

    /// <summary>Reads until the response's end, or until it has brought more than <paramref name="maxBytes"/>.</summary>
    /// <returns>Whether the end was reached.</returns>
    /// <exception cref="JsonException">The response is no such JSON.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task<bool> ReadAsync(Stream response, long maxBytes, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        try
        {
            long total = 0;
            for (var filled = 0; ;)
            {
                if (filled == buffer.Length)
                    buffer = Larger(buffer, filled);
                var read = await response.ReadAsync(buffer.AsMemory(filled), cancellationToken).ConfigureAwait(false);
                filled += read;
                total += read;
                var consumed = Parse(buffer.AsSpan(0, filled), read == 0);
                if (read == 0)
                    return true;
                buffer.AsSpan(consumed, filled - consumed).CopyTo(buffer);
                filled -= consumed;
                if (total > maxBytes && Rows.Count > 0)
                    return false;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private int Parse(ReadOnlySpan<byte> bytes, bool final)
    {
        var reader = new Utf8JsonReader(bytes, final, _state);
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject when reader.CurrentDepth == _entityDepth:
                    _row = new TRow();
                    break;
                case JsonTokenType.EndObject when reader.CurrentDepth == _entityDepth && _row is not null:
                    Rows.Add(_row);
                    _row = null;
                    break;
                case JsonTokenType.PropertyName when _row is not null && reader.CurrentDepth == _entityDepth + 1:
                    _nameLength = reader.ValueSpan.Length <= _name.Length ? reader.CopyString(_name) : 0;
                    break;
                case JsonTokenType.String or JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False when _row is not null && reader.CurrentDepth == _entityDepth + 1:
                    ReadProperty(_row, ref reader);
                    break;
            }
        }

        _state = reader.CurrentState;
        return (int)reader.BytesConsumed;
    }

    private void ReadProperty(TRow row, ref Utf8JsonReader reader)
    {
        var name = _name.AsSpan(0, _nameLength);
        if (name.SequenceEqual("PartitionKey"u8))
            row.PartitionKey = reader.GetString()!;
        else if (name.SequenceEqual("RowKey"u8))
            row.RowKey = reader.GetString()!;
        else if (!name.Contains((byte)'.')) // what OData says about the properties
            row.Read(name, ref reader);
    }

    private static byte[] Larger(byte[] buffer, int filled)
    {
        if (buffer.Length >= LargestBuffer)
            throw new JsonException($"A property of more than {LargestBuffer} bytes.");
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.AsSpan(0, filled).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
