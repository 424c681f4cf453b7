namespace Orleans.Persist.Journal;

/// <summary>What a writer expects of a subject (an aggregate): the version of the newest event about it in the stream.</summary>
/// <param name="Subject">The subject.</param>
/// <param name="Version">The version, in the stream, of the newest event about it; 0 where there is none.</param>
public readonly record struct SubjectVersion(string Subject, long Version)
{
    /// <summary>Whether the newest kept event about the subject, at version <paramref name="actual"/> (0: none), is as expected.</summary>
    /// <remarks>Events that were truncated away cannot be looked at: with none kept, any expected version below the stream's first one is taken for right.</remarks>
    public bool IsMetBy(long actual, long firstVersion) => actual == Version || (actual == 0 && Version < firstVersion);

    /// <summary>Throws where a subject is null or named twice, or a version is negative.</summary>
    /// <exception cref="ArgumentException">It is so; the message says which.</exception>
    public static void Validate(IReadOnlyCollection<SubjectVersion> subjects)
    {
        ArgumentNullException.ThrowIfNull(subjects);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (subject, version) in subjects)
        {
            if (subject is null)
                throw new ArgumentException("The subject of an expected version is null.", nameof(subjects));
            if (version < 0)
                throw new ArgumentException($"The version expected of subject '{subject}' is {version}; it must not be negative.", nameof(subjects));
            if (!seen.Add(subject))
                throw new ArgumentException($"Subject '{subject}' has two expected versions.", nameof(subjects));
        }
    }
}
