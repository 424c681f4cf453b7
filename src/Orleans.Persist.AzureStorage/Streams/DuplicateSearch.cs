using Orleans.Persist.Journal;

namespace Orleans.Persist.AzureStorage.Streams;

/// <summary>Whether an append's events are in the stream already: all of them in their order, some, or none.</summary>
internal static class DuplicateSearch
{
    /// <summary>The answer to the append, or null where none of its events is there.</summary>
    public static Func<AppendResult>? Find(string stream, EncodedAppend events, Dictionary<(string Source, string Id), RecordedEvent> stored)
    {
        var first = StoredAs(0);
        var last = first;
        for (var i = 1; i < events.Count; i++)
        {
            var found = StoredAs(i);
            if (found is not null && found.Version != first?.Version + i)
                return () => throw new DuplicateEventException(stream, found.Id, found.Version);
            if (found is null && first is not null)
                return () => throw new DuplicateEventException(stream, first.Id, first.Version);
            last = found;
        }

        return first is null || last is null ? null
            : () => new AppendResult(first.Incarnation, first.Version, last.Version, 0, last.Recorded, Duplicate: true);

        RecordedEvent? StoredAs(int index) => events.IdOf(index, stream) is { } id ? stored.GetValueOrDefault(id) : null;
    }
}
