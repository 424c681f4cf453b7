using Orleans.Persist.Journal;

namespace Orleans.Persist.Serialization;

/// <summary>The payload of a stored event cannot be turned into an event: it does not parse, or its migration failed. The inner exception is what the codec or the migration threw.</summary>
public sealed class EventPayloadException(string stream, long version, string type, int schemaVersion, Exception inner)
    : JournalException(
        $"Stream '{stream}', version {version}: the payload of the event '{type}' (schema version {schemaVersion}) cannot be read: {inner.Message}", inner)
{
    /// <summary>The stream.</summary>
    public string Stream { get; } = stream;

    /// <summary>The event's version.</summary>
    public long Version { get; } = version;

    /// <summary>The event's type.</summary>
    public string Type { get; } = type;

    /// <summary>The version of the payload's schema.</summary>
    public int SchemaVersion { get; } = schemaVersion;
}
