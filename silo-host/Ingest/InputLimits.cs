namespace Orleans.Persist.SiloHost.Ingest;

/// <summary>Bounds on what is read into memory at once.</summary>
internal static class InputLimits
{
    /// <summary>The longest line, CSV field or XML node, in bytes. Far above any sensible event, far below what would hurt.</summary>
    public const int MaxRecordBytes = 16 * 1024 * 1024;

    /// <summary>How deep JSON and XES attributes may be nested.</summary>
    public const int MaxDepth = Web.CloudEvents.CloudEventJson.MaxDepth;

    /// <summary>The bound for messages.</summary>
    public const string MaxRecordText = "16 MB";
}
