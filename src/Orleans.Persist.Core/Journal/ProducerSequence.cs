namespace Orleans.Persist.Journal;

/// <summary>A producer's own number for an append, which makes its retries harmless for as long as the stream's incarnation lasts.</summary>
/// <param name="Producer">The producer's name, unique among those that append to the stream; 1 to 256 characters.</param>
/// <param name="Sequence">A number greater than 0 that the producer raises with every append. Gaps are allowed.</param>
/// <remarks>
/// A stream remembers the highest number of each producer. The same number again is answered with the result it had the first time;
/// a lower one with a result that says <see cref="AppendResult.Duplicate"/> and has no versions. Neither stores anything.
/// </remarks>
public readonly record struct ProducerSequence(string Producer, long Sequence)
{
    /// <summary>The longest name of a producer, in characters.</summary>
    public const int MaxNameLength = 256;

    /// <summary>Throws where the name or the number is out of bounds.</summary>
    /// <exception cref="ArgumentException">It is; the message says which.</exception>
    public void Validate()
    {
        if (string.IsNullOrEmpty(Producer) || Producer.Length > MaxNameLength)
            throw new ArgumentException($"A producer's name has 1 to {MaxNameLength} characters, this one {Producer?.Length ?? 0}.");
        if (Sequence <= 0)
            throw new ArgumentException($"The sequence number of producer '{Producer}' must be greater than 0, it is {Sequence}.");
    }
}
