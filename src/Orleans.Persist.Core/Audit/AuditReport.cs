namespace Orleans.Persist.Audit;

/// <summary>What comparing sources with their checkpoints came to.</summary>
public sealed record AuditReport
{
    /// <summary>How many checkpoints hold.</summary>
    public int Checkpoints { get; init; }

    /// <summary>How many events they prove.</summary>
    public long Proven { get; init; }

    /// <summary>How many events nothing proves or disproves: those after the last checkpoint, and after a truncation those below the next one where there is no anchor.</summary>
    public long Unproven { get; init; }

    /// <summary>How many events below the checkpoints were truncated away, as the sources say.</summary>
    public long Truncated { get; init; }

    /// <summary>What is wrong. Empty when all is well.</summary>
    public IReadOnlyList<AuditFinding> Findings { get; init; } = [];
}
