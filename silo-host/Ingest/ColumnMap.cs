namespace Orleans.Persist.SiloHost.Ingest;

/// <summary>Which columns (CSV) or attribute keys (XES) become attributes of the event. Null: the format's default.</summary>
internal sealed record ColumnMap(string? Id = null, string? Subject = null, string? Type = null, string? Time = null)
{
    /// <summary>The defaults of each format.</summary>
    public static ColumnMap Default { get; } = new();

    /// <summary>Whether any column is named.</summary>
    public bool IsSet => (Id ?? Subject ?? Type ?? Time) is not null;
}
