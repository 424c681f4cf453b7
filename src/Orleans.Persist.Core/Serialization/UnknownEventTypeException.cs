using Orleans.Persist.Journal;

namespace Orleans.Persist.Serialization;

/// <summary>A stored event has a type that nobody registered. The message names what is registered.</summary>
public sealed class UnknownEventTypeException(string stream, long version, string type, string registry, IReadOnlyCollection<string> registered)
    : JournalException(
        $"Stream '{stream}', version {version}: nobody registered the event type '{type}' in {registry}. "
        + $"Registered: {(registered.Count is 0 ? "nothing" : string.Join(", ", registered.Select(name => $"'{name}'")))}. "
        + "Register it with Add (or [EventType] on the class), AddOld to migrate it, Rename if it has another name today, or Drop if it has no meaning any more.")
{
    /// <summary>The stream.</summary>
    public string Stream { get; } = stream;

    /// <summary>The event's version.</summary>
    public long Version { get; } = version;

    /// <summary>The type that is not registered.</summary>
    public string Type { get; } = type;
}
