using Orleans.Persist.Serialization;

namespace Orleans.Persist.Journal;

/// <summary>What every plug-in checks of an append before it does anything.</summary>
public static class AppendCheck
{
    /// <summary>Throws where an append breaks the contract, and returns an upper bound of its events' size in bytes.</summary>
    /// <exception cref="ArgumentException">It has no events, or an event's attribute is out of bounds; the message names the event's index.</exception>
    /// <exception cref="AppendTooLargeException">It exceeds <paramref name="limits"/>.</exception>
    public static long Validate(string stream, ReadOnlySpan<EventData> events, ProducerSequence? producer, JournalLimits limits)
    {
        if (events.IsEmpty)
            throw new ArgumentException("An append has at least one event.", nameof(events));
        if (events.Length > limits.MaxAppendEvents)
            throw new AppendTooLargeException(stream, "events", events.Length, limits.MaxAppendEvents);
        producer?.Validate();
        long bytes = 0;
        for (var i = 0; i < events.Length; i++)
        {
            var @event = events[i] ?? throw new ArgumentException($"Event {i} of the append is null.", nameof(events));
            if (string.IsNullOrEmpty(@event.Type))
                throw new ArgumentException($"Event {i} of the append has no type.", nameof(events));
            if (@event.Id is { Length: 0 })
                throw new ArgumentException($"Event {i} of the append has an empty id; leave it null to have one derived.", nameof(events));
            if (@event.Tags is null || @event.Metadata is null
                || (@event.Tags.Count > 0 && @event.Tags.Contains(null!)) || (@event.Metadata.Count > 0 && @event.Metadata.Values.Contains(null!)))
            {
                throw new ArgumentException($"Event {i} of the append has null for its tags or metadata, or in them; leave them empty.", nameof(events));
            }

            if (@event.SchemaVersion < 0)
                throw new ArgumentException($"Event {i} of the append has the schema version {@event.SchemaVersion}; it must not be negative.", nameof(events));
            bytes += EventBody.MaxLength(@event);
        }

        RejectRepeatedIds(stream, events);

        // The upper bound counts three bytes a character: only an append near the limit is measured exactly, by the plug-in that encodes it.
        return bytes <= 3 * limits.MaxAppendBytes ? bytes : throw new AppendTooLargeException(stream, "bytes", bytes, limits.MaxAppendBytes);
    }

    /// <summary>An append whose events were not told apart by source and id could not be recognized when it is made again.</summary>
    private static void RejectRepeatedIds(string stream, ReadOnlySpan<EventData> events)
    {
        if (events.Length is 1)
            return;
        HashSet<(string Source, string Id)>? seen = null;
        for (var i = 0; i < events.Length; i++)
        {
            if (events[i] is { Id: { } id } @event && !(seen ??= []).Add((@event.Source ?? stream, id)))
                throw new ArgumentException($"Event {i} of the append has the source and id ('{id}') of an event before it.", nameof(events));
        }
    }
}
