using System.Globalization;

namespace Orleans.Persist.AzureStorage.Tables;

/// <summary>Rows of one partition between two row keys, in their order.</summary>
internal sealed record TableQuery(string PartitionKey)
{
    /// <summary>The lowest row key, inclusive.</summary>
    public string? From { get; init; }

    /// <summary>The row key behind which to go on, exclusive; counts instead of <see cref="From"/>.</summary>
    public string? After { get; init; }

    /// <summary>The highest row key, inclusive.</summary>
    public string? To { get; init; }

    /// <summary>The highest row key, exclusive.</summary>
    public string? Before { get; init; }

    /// <summary>The most rows of the page.</summary>
    public int Top { get; init; } = TableLimits.PageRows;

    /// <summary>The properties wanted; null for all.</summary>
    public string? Select { get; init; }

    /// <summary>Where the service said that the next page begins.</summary>
    public TableContinuation? Continuation { get; init; }

    /// <summary>How many bytes of a response are read at the most before the page is cut off.</summary>
    public long MaxBytes { get; init; } = 8 << 20;

    public override string ToString()
    {
        var filter = $"PartitionKey eq '{PartitionKey}'";
        if (After is not null)
            filter += $" and RowKey gt '{After}'";
        else if (From is not null)
            filter += $" and RowKey ge '{From}'";
        if (To is not null)
            filter += $" and RowKey le '{To}'";
        if (Before is not null)
            filter += $" and RowKey lt '{Before}'";
        var query = string.Create(CultureInfo.InvariantCulture, $"$filter={Uri.EscapeDataString(filter)}&$top={Top}");
        if (Select is not null)
            query += "&$select=" + Uri.EscapeDataString(Select);
        if (Continuation is { } next)
            query += $"&NextPartitionKey={Uri.EscapeDataString(next.PartitionKey)}" + (next.RowKey is null ? "" : $"&NextRowKey={Uri.EscapeDataString(next.RowKey)}");
        return query;
    }
}
