using Orleans.Persist.Journal;

namespace Orleans.Persist.Serialization;

/// <summary>What an event carries beside its payload and what its type says: see the attributes of the same names of <see cref="EventData"/>.</summary>
public readonly record struct EventStamp
{
    /// <summary>The event's time.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>The event's id, or null for one that the journal derives.</summary>
    public string? Id { get; init; }

    /// <summary>The event's source, or null for the stream's name.</summary>
    public string? Source { get; init; }

    /// <summary>Further attributes, or null for none.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>Bytes that the engine keeps with the event. Must not change until it is appended.</summary>
    public ReadOnlyMemory<byte> Kernel { get; init; }
}
