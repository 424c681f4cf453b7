namespace Orleans.Persist.Journal;

/// <summary>The state of a stream as far as it is durable.</summary>
/// <param name="Stream">The stream's name.</param>
/// <param name="Incarnation">From 1; goes up with every delete.</param>
/// <param name="Version">The version of the newest event, 0 where there is none.</param>
/// <param name="FirstVersion">The oldest version that can be read: 1, or more after a truncation (<see cref="Version"/> + 1 when all are gone).</param>
/// <param name="Recorded">The journal's time of the newest event or change; the default value for a stream never written.</param>
public readonly record struct StreamHead(string Stream, int Incarnation, long Version, long FirstVersion, DateTimeOffset Recorded)
{
    /// <summary>The head of a stream that was never written.</summary>
    public static StreamHead None(string stream) => new(stream, 1, 0, 1, default);

    /// <summary>Whether the stream has been appended to in this incarnation.</summary>
    public bool Exists => Version > 0;
}
