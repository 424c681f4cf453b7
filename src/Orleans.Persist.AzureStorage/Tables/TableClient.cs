using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure;
using Azure.Core;
using Orleans.Persist.AzureStorage.Rest;
using Orleans.Persist.Journal;

namespace Orleans.Persist.AzureStorage.Tables;

/// <summary>The calls to one table that the journal needs.</summary>
/// <exception cref="JournalUnavailableException">From every member: the service refused or did not answer; the message says what and where.</exception>
internal sealed class TableClient(StoragePipeline pipeline, string table, int maxReadTries = 5)
{
    private const string NoMetadata = "application/json;odata=nometadata";

    /// <summary>The table's whole address.</summary>
    public string Address { get; } = $"{pipeline.Endpoint.AbsoluteUri.TrimEnd('/')}/{table}";

    public static string Key(string partitionKey, string rowKey) => $"(PartitionKey='{partitionKey}',RowKey='{rowKey}')";

    /// <summary>Creates the table, if it is not there.</summary>
    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        using var message = pipeline.Create(RequestMethod.Post, "Tables");
        SetContent(message, RequestContent.Create(JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["TableName"] = table })));
        message.Request.Headers.Add("Prefer", "return-no-content");
        var response = await pipeline.SendAsync(message, cancellationToken).ConfigureAwait(false);
        if (response.Status is not (201 or 204) && !(response.Status is 409 && StorageFailure.Code(response) is "TableAlreadyExists"))
            throw StorageFailure.Of(message);
    }

    /// <summary>Whether the table can be read: fails where it is missing or the credential does not suffice.</summary>
    public Task ProbeAsync(CancellationToken cancellationToken) =>
        QueryAsync<ProbeRow>(new TableQuery("probe") { Top = 1 }, cancellationToken);

    /// <summary>One row and its ETag, or null where it is not there.</summary>
    public async Task<(TRow Row, string Etag)?> GetAsync<TRow>(string partitionKey, string rowKey, CancellationToken cancellationToken)
        where TRow : class, ITableRow, new()
    {
        using var message = pipeline.Create(RequestMethod.Get, table + Key(partitionKey, rowKey));
        message.Request.Headers.Add("Accept", NoMetadata);
        var response = await pipeline.SendAsync(message, cancellationToken).ConfigureAwait(false);
        if (response.Status is 404 && StorageFailure.Code(response) is not "TableNotFound")
            return null;
        if (response.Status is not 200)
            throw StorageFailure.Of(message);
        var reader = new EntityReader<TRow>(list: false);
        await ParseAsync(reader, response.ContentStream!, long.MaxValue, message, cancellationToken).ConfigureAwait(false);
        return (reader.Rows[0], response.Headers.ETag?.ToString("H") ?? throw Unreadable(message, "it has no ETag"));
    }

    /// <summary>One page of a query.</summary>
    public async Task<TablePage<TRow>> QueryAsync<TRow>(TableQuery query, CancellationToken cancellationToken)
        where TRow : class, ITableRow, new()
    {
        for (var tries = 1; ; tries++)
        {
            using var message = pipeline.Create(RequestMethod.Get, table + "()", query.ToString());
            message.Request.Headers.Add("Accept", NoMetadata);
            message.BufferResponse = false; // so that a page is cut off where it would take too much memory
            var response = await pipeline.SendAsync(message, cancellationToken).ConfigureAwait(false);
            if (response.Status is not 200)
            {
                await BufferAsync(response, cancellationToken).ConfigureAwait(false);
                throw StorageFailure.Of(message);
            }

            var reader = new EntityReader<TRow>(list: true);
            try
            {
                var complete = await ParseAsync(reader, response.ContentStream!, query.MaxBytes, message, cancellationToken).ConfigureAwait(false);
                return new TablePage<TRow>(reader.Rows, complete ? Next(query, response) : query with { After = reader.Rows[^1].RowKey, Continuation = null });
            }
            catch (Exception e) when (IsBroken(e, cancellationToken))
            {
                // The answer broke off after its head; the pipeline has seen only that.
                if (tries >= maxReadTries)
                    throw new JournalUnavailableException($"{StorageFailure.Describe(message.Request)}: the answer broke off {tries} times: {StorageFailure.Reason(e)}.", e);
            }
        }
    }

    /// <summary>All rows of a query, page by page.</summary>
    public async IAsyncEnumerable<TRow> QueryAllAsync<TRow>(TableQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TRow : class, ITableRow, new()
    {
        for (var next = query; next is not null;)
        {
            (var rows, next) = await QueryAsync<TRow>(next, cancellationToken).ConfigureAwait(false);
            foreach (var row in rows)
                yield return row;
        }
    }

    /// <summary>Inserts a row, if none with its keys is there.</summary>
    /// <returns>Whether it was inserted.</returns>
    public async Task<bool> InsertAsync(ITableRow row, CancellationToken cancellationToken)
    {
        using var message = pipeline.Create(RequestMethod.Post, table);
        using var body = new PooledBuffer();
        using (var writer = new EntityWriter(body))
            writer.Write(row);
        message.Request.Headers.Add("Prefer", "return-no-content");
        var response = await SendAsync(message, body, cancellationToken).ConfigureAwait(false);
        return response.Status switch
        {
            201 or 204 => true,
            409 when StorageFailure.Code(response) is "EntityAlreadyExists" => false,
            _ => throw StorageFailure.Of(message),
        };
    }

    /// <summary>Replaces the row with this ETag.</summary>
    /// <returns>The new ETag, or null where the row is another by now; and whether an earlier try may have done it.</returns>
    public async Task<(string? Etag, bool Retried)> ReplaceAsync(ITableRow row, string etag, CancellationToken cancellationToken)
    {
        using var message = pipeline.Create(RequestMethod.Put, table + Key(row.PartitionKey, row.RowKey));
        using var body = new PooledBuffer();
        using (var writer = new EntityWriter(body))
            writer.Write(row);
        message.Request.Headers.Add("If-Match", etag);
        var response = await SendAsync(message, body, cancellationToken).ConfigureAwait(false);
        var retried = message.ProcessingContext.RetryNumber > 0;
        return response.Status switch
        {
            204 => (response.Headers.ETag?.ToString("H"), retried),
            412 => (null, retried),
            404 when StorageFailure.Code(response) is not "TableNotFound" => (null, retried),
            _ => throw StorageFailure.Of(message),
        };
    }

    /// <summary>Removes the row with this ETag.</summary>
    /// <returns>Whether it is gone; false where it is another by now.</returns>
    public async Task<bool> DeleteAsync(string partitionKey, string rowKey, string etag, CancellationToken cancellationToken)
    {
        using var message = pipeline.Create(RequestMethod.Delete, table + Key(partitionKey, rowKey));
        message.Request.Headers.Add("If-Match", etag);
        message.Request.Headers.Add("Accept", NoMetadata);
        var response = await pipeline.SendAsync(message, cancellationToken).ConfigureAwait(false);
        return response.Status switch
        {
            204 => true,
            412 => false,
            404 when StorageFailure.Code(response) is not "TableNotFound" => true,
            _ => throw StorageFailure.Of(message),
        };
    }

    /// <summary>Begins a transaction.</summary>
    public TableBatch NewBatch() => new(Address);

    /// <summary>Has a transaction happen, all or nothing.</summary>
    /// <returns>What became of it; and whether an earlier try may have done it, so that a conflict may be with itself.</returns>
    public async Task<(BatchResponse Outcome, bool Retried)> SubmitAsync(TableBatch batch, CancellationToken cancellationToken)
    {
        batch.Complete();
        using var message = pipeline.Create(RequestMethod.Post, "$batch");
        message.Request.Headers.Add("DataServiceVersion", "3.0");
        var response = await SendAsync(message, batch.Body, cancellationToken, batch.ContentType).ConfigureAwait(false);
        var retried = message.ProcessingContext.RetryNumber > 0;
        if (response.Status is not 202)
            throw StorageFailure.Of(message);
        BatchResponse outcome;
        try
        {
            outcome = BatchResponse.Parse(response.Content.ToString());
        }
        catch (FormatException e)
        {
            throw Unreadable(message, e.Message);
        }

        if (!outcome.Happened && !outcome.Conflicted)
            throw new JournalUnavailableException($"{StorageFailure.Describe(message.Request)}: an operation of the transaction failed with {outcome.Status} {outcome.Code}.");
        return (outcome, retried);
    }

    private async Task<Response> SendAsync(HttpMessage message, PooledBuffer body, CancellationToken cancellationToken, string type = "application/json")
    {
        SetContent(message, RequestContent.Create(body.Written), type);
        try
        {
            return await pipeline.SendAsync(message, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            body.Abandon();
            throw;
        }
    }

    private static void SetContent(HttpMessage message, RequestContent content, string type = "application/json")
    {
        message.Request.Content = content;
        message.Request.Headers.Add("Content-Type", type);
        message.Request.Headers.Add("Accept", NoMetadata);
    }

    private static TableQuery? Next(TableQuery query, Response response) =>
        response.Headers.TryGetValue("x-ms-continuation-NextPartitionKey", out var partition) && partition.Length > 0
            ? query with { Continuation = new TableContinuation(partition, response.Headers.TryGetValue("x-ms-continuation-NextRowKey", out var row) ? row : null) }
            : null;

    private static async Task<bool> ParseAsync<TRow>(EntityReader<TRow> reader, Stream body, long maxBytes, HttpMessage message, CancellationToken cancellationToken)
        where TRow : class, ITableRow, new()
    {
        try
        {
            return await reader.ReadAsync(body, maxBytes, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw Unreadable(message, e.Message);
        }
    }

    private static JournalUnavailableException Unreadable(HttpMessage message, string why) =>
        new($"{StorageFailure.Describe(message.Request)}: the answer cannot be read: {why.ReplaceLineEndings(" ").TrimEnd('.')}.");

    private static bool IsBroken(Exception e, CancellationToken cancellationToken) =>
        e is IOException or HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private static async Task BufferAsync(Response response, CancellationToken cancellationToken)
    {
        if (response.ContentStream is not { } body)
            return;
        var copy = new MemoryStream();
        await body.CopyToAsync(copy, cancellationToken).ConfigureAwait(false);
        copy.Position = 0;
        response.ContentStream = copy;
        await body.DisposeAsync().ConfigureAwait(false);
    }

    private sealed class ProbeRow : ITableRow
    {
        public string PartitionKey { get; set; } = "";

        public string RowKey { get; set; } = "";

        public void Write(EntityWriter writer)
        {
        }

        public void Read(ReadOnlySpan<byte> name, ref Utf8JsonReader value)
        {
        }
    }
}
