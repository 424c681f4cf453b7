namespace Orleans.Persist.Journal;

/// <summary>A stream has been deleted or cleared since its reader or writer last looked.</summary>
public sealed class StreamIncarnationException(string stream, int expected, int actual)
    : JournalException($"Stream '{stream}' is in incarnation {actual}; incarnation {expected} was deleted.")
{
    /// <summary>The stream.</summary>
    public string Stream { get; } = stream;

    /// <summary>The incarnation that was meant.</summary>
    public int Expected { get; } = expected;

    /// <summary>The incarnation there is.</summary>
    public int Actual { get; } = actual;
}
