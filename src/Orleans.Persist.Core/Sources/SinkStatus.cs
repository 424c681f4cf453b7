namespace Orleans.Persist.Sources;

/// <summary>What a source knows of one of its sinks.</summary>
public sealed record SinkStatus
{
    /// <summary>The sink's name, unique within the source.</summary>
    public required string Name { get; init; }

    /// <summary>Whether the sink runs now.</summary>
    public bool Online { get; init; }

    /// <summary>The last version the sink has applied; while it is offline, the one its last export covers.</summary>
    public long Version { get; init; }

    /// <summary>How many events of the source it has still to apply.</summary>
    public long Behind { get; init; }

    /// <summary>The number of its last good export, 0 before the first.</summary>
    public long ExportNumber { get; init; }

    /// <summary>The version its last good export covers.</summary>
    public long ExportedVersion { get; init; }

    /// <summary>When its last good export was durable (UTC).</summary>
    public DateTimeOffset? LastExport { get; init; }

    /// <summary>How many exports have succeeded.</summary>
    public long Exports { get; init; }

    /// <summary>How many exports have failed.</summary>
    public long FailedExports { get; init; }

    /// <summary>How many events were replayed to it since it was last started, that is, were there already when it came online.</summary>
    public long Replayed { get; init; }

    /// <summary>What last went wrong, if anything has since the last good export.</summary>
    public string? LastError { get; init; }
}
