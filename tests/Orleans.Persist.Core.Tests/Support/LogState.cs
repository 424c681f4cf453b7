namespace Orleans.Persist.Core.Tests.Support;

/// <summary>The state of a <see cref="LogSink"/>: what it was given.</summary>
public sealed class LogState
{
    /// <summary>The payloads, in the order in which they were applied.</summary>
    public List<string> Applied { get; set; } = [];
}
