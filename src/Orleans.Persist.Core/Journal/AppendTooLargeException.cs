namespace Orleans.Persist.Journal;

/// <summary>An append exceeds a bound of <see cref="JournalLimits"/>. Nothing was written.</summary>
public sealed class AppendTooLargeException(string stream, string what, long size, long limit)
    : JournalException($"An append of {size:N0} {what} to stream '{stream}' is over the limit of {limit:N0}. Split it, or keep large payloads elsewhere.")
{
    /// <summary>The stream.</summary>
    public string Stream { get; } = stream;

    /// <summary>What there is too much of, such as bytes or events.</summary>
    public string What { get; } = what;

    /// <summary>The size of the append.</summary>
    public long Size { get; } = size;

    /// <summary>The bound it exceeds.</summary>
    public long Limit { get; } = limit;
}
