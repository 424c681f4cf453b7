namespace Orleans.Persist.Processes;

/// <summary>From where and up to where to recover; also how a past state is looked at.</summary>
public sealed record RecoveryOptions
{
    /// <summary>The latest readable snapshot, then every event after it.</summary>
    public static RecoveryOptions Latest { get; } = new();

    /// <summary>Whether to begin at a snapshot; else at the first event. Default true.</summary>
    public bool UseSnapshots { get; init; } = true;

    /// <summary>The newest version a snapshot may have to be begun at; null for no bound.</summary>
    public long? MaxSnapshotVersion { get; init; }

    /// <summary>The last version to recover, inclusive; null for the newest.</summary>
    public long? ToVersion { get; init; }

    /// <summary>The last time (as recorded by the journal) to recover, inclusive; null for now.</summary>
    public DateTimeOffset? ToTime { get; init; }

    /// <summary>Whether this ends before the newest event, so that nothing may be persisted on it.</summary>
    public bool IsPast => ToVersion is not null || ToTime is not null;
}
