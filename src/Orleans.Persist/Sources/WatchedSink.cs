namespace Orleans.Persist.Sources;

/// <summary>What a source knows, without having stored it, of one sink.</summary>
internal sealed class WatchedSink
{
    private SinkProgress? _progress;

    /// <summary>What it last said; null before its first word.</summary>
    public SinkProgress? Progress
    {
        get => Volatile.Read(ref _progress);
        set => Volatile.Write(ref _progress, value);
    }

    /// <summary>Takes an answer, unless the sink has told something while it was on its way: that it stopped, say, which the answer does not know.</summary>
    /// <param name="answer">What it answered.</param>
    /// <param name="asked">What was known of it when it was asked.</param>
    public void Answered(SinkProgress answer, SinkProgress? asked) => Interlocked.CompareExchange(ref _progress, answer, asked);

    /// <summary>How long it is left alone after it could not be reached, or did not run.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>When that is over.</summary>
    public DateTimeOffset NotBefore { get; set; }
}
