namespace Orleans.Persist.Processes;

/// <summary>What came of beginning a message.</summary>
internal enum Begun
{
    /// <summary>It was not begun.</summary>
    No,

    /// <summary>It is being stored.</summary>
    Pending,

    /// <summary>It is done.</summary>
    Done,
}
