using Orleans.Persist.Journal;

namespace Orleans.Persist.Serialization;

/// <summary>A stored event's type is registered, but not for its schema version: it is newer than any, or older and neither compatible nor migrated.</summary>
public sealed class UnsupportedSchemaVersionException(string stream, long version, string type, int schemaVersion, string advice)
    : JournalException($"Stream '{stream}', version {version}: an event '{type}' of the schema version {schemaVersion} cannot be read. {advice}")
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
