using System.Runtime.InteropServices;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Journal;

/// <summary>Source and id of an event as one number, for finding it again. Equal numbers must be verified by comparing the attributes themselves.</summary>
public static class EventIdentity
{
    /// <summary>The number for an event that is to be appended to <paramref name="stream"/>, or 0 where it has no id of its own.</summary>
    public static ulong Of(string stream, EventData data) => data.Id is null ? 0 : Of(data.Source ?? stream, data.Id);

    /// <summary>The number for a recorded event, or 0 where it has no id of its own.</summary>
    public static ulong Of(RecordedEvent @event) => EventBody.Has(@event.Body.Span, EventField.Id) ? Of(@event.Source, @event.Id) : 0;

    /// <summary>The number for a source and id; never 0.</summary>
    public static ulong Of(string source, string id) =>
        Math.Max(1, StableHash.Of(MemoryMarshal.AsBytes(id.AsSpan()), StableHash.Of(MemoryMarshal.AsBytes(source.AsSpan()))));
}
