namespace Orleans.Persist.Sources;

/// <summary>A change to what a source has noted of one of its sinks. It takes effect once, however often it is told.</summary>
internal sealed record SinkChange
{
    public required SinkChangeKind Kind { get; init; }

    public required string Sink { get; init; }

    /// <summary>Who runs the sink: another one each time it is started.</summary>
    public string Runner { get; init; } = "";

    /// <summary>The runner's number for the change, upwards from 1.</summary>
    public long Sequence { get; init; }

    /// <summary>Where the sink can be reached, on a cluster.</summary>
    public string? Address { get; init; }

    public int Incarnation { get; init; }

    public long Version { get; init; }

    /// <summary>Whether an export was found to import.</summary>
    public bool Found { get; init; }

    public string? Error { get; init; }
}
