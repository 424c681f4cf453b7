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

    /// <summary>Throws where a stream is not of the incarnation that is meant.</summary>
    /// <param name="expected">The incarnation that is meant; 0 for any.</param>
    /// <param name="head">The stream as it is.</param>
    /// <exception cref="StreamIncarnationException">It is of another.</exception>
    public static void ThrowIfNot(int expected, StreamHead head)
    {
        if (expected != 0 && expected != head.Incarnation)
            throw new StreamIncarnationException(head.Stream, expected, head.Incarnation);
    }
}
