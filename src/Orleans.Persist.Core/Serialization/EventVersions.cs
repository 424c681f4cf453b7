namespace Orleans.Persist.Serialization;

/// <summary>The readers of one event type's name, by schema version; without any, the type was dropped.</summary>
internal sealed class EventVersions<TEvent>
{
    private static readonly EventReader<TEvent> Nothing = new(0, 0) { Many = static (_, _) => [] };
    private readonly EventReader<TEvent>[] _readers;

    public EventVersions(IEnumerable<EventReader<TEvent>> readers) => _readers = [.. readers.OrderByDescending(reader => reader.SchemaVersion)];

    /// <summary>The newest schema version that is registered.</summary>
    public int Newest => _readers[0].SchemaVersion;

    /// <summary>The reader of a schema version: its own, else that of the nearest newer one which is compatible with it; or null.</summary>
    public EventReader<TEvent>? Find(int schemaVersion)
    {
        if (_readers.Length is 0)
            return Nothing;
        if (_readers[0].SchemaVersion == schemaVersion)
            return _readers[0];
        EventReader<TEvent>? found = null;
        foreach (var reader in _readers)
        {
            if (reader.SchemaVersion < schemaVersion)
                break;
            if (reader.CompatibleSince <= schemaVersion)
                found = reader;
        }

        return found;
    }
}
