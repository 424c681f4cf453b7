using Orleans.Persist.Journal;

namespace Orleans.Persist.Processes;

/// <summary>A rebuild drew or sent something else than the live run did (requirement m.9): the handler is not deterministic, or has been changed.</summary>
public sealed class ReplayDivergedException(string stream, long version, string type, ulong recorded, ulong replayed)
    : JournalException(
        $"Message {version} of '{stream}' (type '{type}') does not repeat what it did: the digest of its draws and sends is {replayed:x16}, recorded was {recorded:x16}. "
        + "Its handler uses something other than the turn's time, random numbers and sends, or was changed since.")
{
    /// <summary>The actor's stream.</summary>
    public string Stream { get; } = stream;

    /// <summary>The message's version.</summary>
    public long Version { get; } = version;

    /// <summary>The stable name of its type.</summary>
    public string MessageType { get; } = type;
}
