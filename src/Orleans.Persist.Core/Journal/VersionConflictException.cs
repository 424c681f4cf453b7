namespace Orleans.Persist.Journal;

/// <summary>A stream was not in the state that a writer expected. Nothing was written.</summary>
public sealed class VersionConflictException(string stream, ExpectedVersion expected, StreamHead actual)
    : JournalException($"Stream '{stream}' is at version {actual.Version} of incarnation {actual.Incarnation}; the writer expected {expected}.")
{
    /// <summary>The stream.</summary>
    public string Stream { get; } = stream;

    /// <summary>What the writer expected.</summary>
    public ExpectedVersion Expected { get; } = expected;

    /// <summary>What is there.</summary>
    public StreamHead Actual { get; } = actual;
}
