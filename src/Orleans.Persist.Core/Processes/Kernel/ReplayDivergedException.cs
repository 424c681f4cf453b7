using Orleans.Persist.Journal;

namespace Orleans.Persist.Processes;

/// <summary>A rebuild drew, sent or called something else than the live run did (requirement m.9): the handler is not deterministic, or has been changed.</summary>
public sealed class ReplayDivergedException : JournalException
{
    /// <summary>The digests differ.</summary>
    public ReplayDivergedException(string stream, long version, string type, ulong recorded, ulong replayed)
        : this(stream, version, type, $"the digest of its draws and sends is {replayed:x16}, recorded was {recorded:x16}")
    {
    }

    /// <summary>It differs in another way.</summary>
    /// <param name="stream">The actor's stream.</param>
    /// <param name="version">The message's version.</param>
    /// <param name="type">The stable name of its type.</param>
    /// <param name="how">What is other than it was.</param>
    public ReplayDivergedException(string stream, long version, string type, string how)
        : base(
            $"Message {version} of '{stream}' (type '{type}') does not repeat what it did: {how}. "
            + "Its handler uses something other than the turn's time, random numbers and sends, or was changed since.")
    {
        (Stream, Version, MessageType, How) = (stream, version, type, how);
    }

    /// <summary>The actor's stream.</summary>
    public string Stream { get; }

    /// <summary>The message's version.</summary>
    public long Version { get; }

    /// <summary>The stable name of its type.</summary>
    public string MessageType { get; }

    /// <summary>What is other than it was.</summary>
    public string How { get; }
}
