namespace Orleans.Persist.Journal;

/// <summary>What an append expects of its stream: an exact version, no events, or nothing at all.</summary>
/// <param name="Version">The exact version expected, 0 for a stream without events, or -1 for any.</param>
/// <param name="Incarnation">The exact incarnation expected, or 0 for whichever there is.</param>
public readonly record struct ExpectedVersion(long Version, int Incarnation = 0)
{
    /// <summary>Whatever version the stream has.</summary>
    public static ExpectedVersion Any => new(-1);

    /// <summary>A stream without events: never written, cleared or deleted.</summary>
    public static ExpectedVersion NoStream => new(0);

    /// <summary>Exactly this version of this incarnation (0: whichever).</summary>
    /// <exception cref="ArgumentOutOfRangeException">A negative number.</exception>
    public static ExpectedVersion Exactly(long version, int incarnation = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(version);
        ArgumentOutOfRangeException.ThrowIfNegative(incarnation);
        return new ExpectedVersion(version, incarnation);
    }

    /// <summary>Whether a stream in this state is what is expected.</summary>
    public bool IsMetBy(long version, int incarnation) =>
        (Version < 0 || Version == version) && (Incarnation == 0 || Incarnation == incarnation);

    /// <inheritdoc/>
    public override string ToString() => (Version, Incarnation) switch
    {
        ( < 0, 0) => "any",
        (0, 0) => "no events",
        (_, 0) => $"version {Version}",
        ( < 0, _) => $"incarnation {Incarnation}",
        _ => $"version {Version} of incarnation {Incarnation}",
    };
}
