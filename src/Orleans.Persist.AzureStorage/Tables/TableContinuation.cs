namespace Orleans.Persist.AzureStorage.Tables;

/// <summary>The service's own mark of where a query's next page begins.</summary>
internal sealed record TableContinuation(string PartitionKey, string? RowKey);
