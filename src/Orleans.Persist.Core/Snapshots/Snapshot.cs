namespace Orleans.Persist.Snapshots;

/// <summary>The state of a stream's owner as of a version.</summary>
public sealed record Snapshot
{
    /// <summary>The incarnation of the stream the state was made from.</summary>
    public required int Incarnation { get; init; }

    /// <summary>The last version that the state covers; 0 for a state made from no events.</summary>
    public required long Version { get; init; }

    /// <summary>When it was taken (UTC).</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The stable name of the state's type.</summary>
    public required string Type { get; init; }

    /// <summary>The version of the state's schema, 1 by default.</summary>
    public int SchemaVersion { get; init; } = 1;

    /// <summary>The state, encoded.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }
}
