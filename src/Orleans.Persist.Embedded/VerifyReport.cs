using Orleans.Persist.Audit;

namespace Orleans.Persist.Embedded;

/// <summary>What <see cref="EmbeddedVerifier"/> found.</summary>
public sealed record VerifyReport
{
    /// <summary>Segment files read.</summary>
    public int Segments { get; init; }

    /// <summary>Records read that check.</summary>
    public long Records { get; init; }

    /// <summary>Events in them, those truncated or deleted but not yet compacted away included.</summary>
    public long Events { get; init; }

    /// <summary>Streams that have events.</summary>
    public long Streams { get; init; }

    /// <summary>Snapshots, those replaced but not yet compacted away included.</summary>
    public long Snapshots { get; init; }

    /// <summary>Bytes read.</summary>
    public long Bytes { get; init; }

    /// <summary>Bytes at the end that a crash left unfinished; they were never acknowledged, and opening cuts them off.</summary>
    public long TornBytes { get; init; }

    /// <summary>What comparing the events with checkpoints came to; null where none were given.</summary>
    public AuditReport? Audit { get; init; }

    /// <summary>What does not check, and where. Empty when all is well.</summary>
    public IReadOnlyList<VerifyDamage> Damage { get; init; } = [];
}
