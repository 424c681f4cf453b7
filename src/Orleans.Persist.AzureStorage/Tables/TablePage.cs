namespace Orleans.Persist.AzureStorage.Tables;

/// <summary>Some rows of a query.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="Next">The query for what follows, or null at the end.</param>
internal sealed record TablePage<TRow>(List<TRow> Rows, TableQuery? Next);
