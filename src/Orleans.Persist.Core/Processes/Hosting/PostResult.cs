namespace Orleans.Persist.Processes;

/// <summary>What became of an attempt to put something into a mailbox.</summary>
internal enum PostResult
{
    /// <summary>It is in.</summary>
    Taken,

    /// <summary>There is no room.</summary>
    Full,

    /// <summary>The process has left memory: look for its successor.</summary>
    Gone,
}
