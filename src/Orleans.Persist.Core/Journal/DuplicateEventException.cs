namespace Orleans.Persist.Journal;

/// <summary>Some events of an append are in the stream already, under their ids, and others are not. Nothing was written.</summary>
public sealed class DuplicateEventException(string stream, string id, long version)
    : JournalException($"Stream '{stream}' has the event '{id}' already, as version {version}, but not the whole append. Leave out what is there, or append the same events as before.")
{
    /// <summary>The stream.</summary>
    public string Stream { get; } = stream;

    /// <summary>The id of the first event that is there already.</summary>
    public string Id { get; } = id;

    /// <summary>The version it has.</summary>
    public long Version { get; } = version;
}
