namespace Orleans.Persist.Journal;

/// <summary>There are other events about a subject than a writer expected. Nothing was written.</summary>
public sealed class SubjectConflictException(string stream, SubjectVersion expected, long actual)
    : JournalException($"The newest event about subject '{expected.Subject}' in stream '{stream}' has version {actual}; the writer expected {expected.Version}.")
{
    /// <summary>The stream.</summary>
    public string Stream { get; } = stream;

    /// <summary>What the writer expected.</summary>
    public SubjectVersion Expected { get; } = expected;

    /// <summary>The version of the newest event about the subject, 0 where there is none.</summary>
    public long Actual { get; } = actual;
}
