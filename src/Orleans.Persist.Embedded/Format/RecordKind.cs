namespace Orleans.Persist.Embedded.Format;

/// <summary>What a record of the journal is.</summary>
internal enum RecordKind : byte
{
    /// <summary>The events of one append.</summary>
    Commit = 1,

    /// <summary>The stream's first kept version has gone up. No events.</summary>
    Truncate = 2,

    /// <summary>The stream has begun a new incarnation. No events.</summary>
    Delete = 3,

    /// <summary>What compaction leaves of a commit whose events are gone but whose producer's number must be remembered. No events; the count is kept.</summary>
    Producer = 4,
}
