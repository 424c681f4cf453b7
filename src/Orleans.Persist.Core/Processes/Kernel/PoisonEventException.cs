using Orleans.Persist.Journal;

namespace Orleans.Persist.Processes;

/// <summary>A stored event cannot be applied: its handler threw, its type is not registered, or its payload does not parse.</summary>
public sealed class PoisonEventException(string stream, int incarnation, long version, string type, Exception cause)
    : JournalException($"Event {version} of '{stream}' (type '{type}') cannot be applied: {cause.Message}", cause)
{
    /// <summary>The stream.</summary>
    public string Stream { get; } = stream;

    /// <summary>The stream's incarnation.</summary>
    public int Incarnation { get; } = incarnation;

    /// <summary>The event's version.</summary>
    public long Version { get; } = version;

    /// <summary>The stable name of its type.</summary>
    public string EventType { get; } = type;
}
