namespace Orleans.Persist.Projections;

/// <summary>Which state is wanted: of the whole source or of one aggregate, now or as of a version or a moment.</summary>
public sealed record StateRequest
{
    /// <summary>The state now, of the whole source.</summary>
    public static StateRequest Now { get; } = new();

    /// <summary>The aggregate whose events alone are folded; null for all events.</summary>
    public string? Subject { get; init; }

    /// <summary>As of this version of the source, inclusive; 0 is the state before the first event.</summary>
    public long? Version { get; init; }

    /// <summary>As of this moment of the journal's time, inclusive.</summary>
    public DateTimeOffset? Recorded { get; init; }

    /// <summary>As of this moment of the publishers' time, inclusive: events that say they happened later are left out, wherever they stand.</summary>
    public DateTimeOffset? Time { get; init; }

    internal void Validate()
    {
        if ((Version is null ? 0 : 1) + (Recorded is null ? 0 : 1) + (Time is null ? 0 : 1) > 1)
            throw new ArgumentException("A state is wanted as of a version, of a recorded moment or of a publishers' moment: of one of them at most.");
        if (Version < 0)
            throw new ArgumentException($"A state is wanted as of version {Version}; versions begin with 1, and 0 is before the first event.");
    }
}
