using System.Globalization;
using Orleans.Persist.AzureStorage.Rest;

namespace Orleans.Persist.AzureStorage.Tables;

/// <summary>An entity group transaction on its way: operations on rows of one partition that happen all or not at all.</summary>
internal sealed class TableBatch : IDisposable
{
    private readonly string _table;
    private readonly string _boundary = Guid.NewGuid().ToString("N");
    private readonly EntityWriter _writer;

    /// <summary>Begins a transaction.</summary>
    /// <param name="table">The table's whole address.</param>
    public TableBatch(string table)
    {
        _table = table;
        _writer = new EntityWriter(Body);
        Body.Write($"--batch_{_boundary}\r\nContent-Type: multipart/mixed; boundary=changeset_{_boundary}\r\n\r\n");
    }

    public PooledBuffer Body { get; } = new(16 << 10);

    public int Count { get; private set; }

    public string ContentType => $"multipart/mixed; boundary=batch_{_boundary}";

    /// <summary>A row that must not be there yet.</summary>
    public void Insert(ITableRow row) => Add("POST", "", null, row.PartitionKey, row);

    /// <summary>A row that replaces whatever is there, if anything is.</summary>
    public void Upsert(ITableRow row) => Add("PUT", TableClient.Key(row.PartitionKey, row.RowKey), null, row.PartitionKey, row);

    /// <summary>A row that replaces the one with this ETag.</summary>
    public void Replace(ITableRow row, string etag) => Add("PUT", TableClient.Key(row.PartitionKey, row.RowKey), etag, row.PartitionKey, row);

    /// <summary>Removes a row, whatever it is by now. It must be there.</summary>
    public void Delete(string partitionKey, string rowKey) => Add("DELETE", TableClient.Key(partitionKey, rowKey), "*", partitionKey, null);

    /// <summary>Ends the transaction.</summary>
    /// <exception cref="TableLimitException">It is beyond a limit.</exception>
    public void Complete()
    {
        Body.Write($"--changeset_{_boundary}--\r\n--batch_{_boundary}--\r\n");
        if (Body.Length > TableLimits.TransactionBytes)
            throw new TableLimitException("The size of a transaction in bytes", Body.Length, TableLimits.TransactionBytes);
    }

    public void Dispose()
    {
        _writer.Dispose();
        Body.Dispose();
    }

    private string? _partitionKey;

    private void Add(string method, string key, string? etag, string partitionKey, ITableRow? row)
    {
        if (++Count > TableLimits.Operations)
            throw new TableLimitException("The number of operations of a transaction", Count, TableLimits.Operations);
        if ((_partitionKey ??= partitionKey) != partitionKey)
            throw new InvalidOperationException("A transaction's rows must be of one partition.");
        Body.Write($"--changeset_{_boundary}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n");
        Body.Write(string.Create(CultureInfo.InvariantCulture, $"{method} {_table}{key} HTTP/1.1\r\nContent-ID: {Count}\r\nAccept: application/json;odata=minimalmetadata\r\nDataServiceVersion: 3.0\r\n"));
        if (etag is not null)
            Body.Write($"If-Match: {etag}\r\n");
        if (row is not null)
            Body.Write("Prefer: return-no-content\r\nContent-Type: application/json\r\n");
        Body.Write("\r\n"u8);
        if (row is not null)
            _writer.Write(row);
        Body.Write("\r\n"u8);
    }
}
