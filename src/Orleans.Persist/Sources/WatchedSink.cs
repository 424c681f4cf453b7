namespace Orleans.Persist.Sources;

/// <summary>What a source knows, without having stored it, of one sink.</summary>
internal sealed class WatchedSink
{
    /// <summary>What it last said; null before its first word.</summary>
    public SinkProgress? Progress { get; set; }

    /// <summary>How long it is left alone after it could not be reached, or did not run.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>When that is over.</summary>
    public DateTimeOffset NotBefore { get; set; }
}
