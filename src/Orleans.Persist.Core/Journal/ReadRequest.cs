namespace Orleans.Persist.Journal;

/// <summary>What to read of a stream.</summary>
public sealed record ReadRequest
{
    /// <summary>Everything, oldest first.</summary>
    public static ReadRequest All { get; } = new();

    /// <summary>The first version to return: forward at or above it, backward at or below it. When null, the stream's begin, or backward its end.</summary>
    public long? From { get; init; }

    /// <summary>The last version to return, inclusive. When null, there is no such bound.</summary>
    public long? To { get; init; }

    /// <summary>Whether to read from new to old.</summary>
    public bool Backward { get; init; }

    /// <summary>The most events to return.</summary>
    public long Limit { get; init; } = long.MaxValue;

    /// <summary>Which events to return; null for all.</summary>
    public EventFilter? Filter { get; init; }

    /// <summary>The incarnation the reader means, or 0 for the one there is now. Another one is a <see cref="StreamIncarnationException"/>.</summary>
    public int Incarnation { get; init; }

    /// <summary>Everything from a version on, oldest first.</summary>
    public static ReadRequest After(long version) => new() { From = version + 1 };

    /// <summary>The versions, lowest and highest, that the request covers on a stream in this state.</summary>
    public (long Low, long High) Range(StreamHead head)
    {
        var (low, high) = Backward ? (To ?? 1, From ?? long.MaxValue) : (From ?? 1, To ?? long.MaxValue);
        return (Math.Max(low, head.FirstVersion), Math.Min(high, head.Version));
    }
}
