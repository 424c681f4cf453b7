namespace Orleans.Persist.Tests.Support;

/// <summary>How a stream's storage fails.</summary>
public enum Failure
{
    None = 0,

    /// <summary>Every call fails at once, and does nothing.</summary>
    Down,

    /// <summary>The next append is done, but its answer gets lost.</summary>
    LosesAnswer,

    /// <summary>No call is ever answered.</summary>
    Silent,
}
