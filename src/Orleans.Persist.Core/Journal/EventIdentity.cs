using System.Runtime.InteropServices;
using System.Text;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Journal;

/// <summary>Source and id of an event as one number, for finding it again. Equal numbers must be verified by comparing the attributes themselves.</summary>
public static class EventIdentity
{
    /// <summary>The number for an event that is to be appended to <paramref name="stream"/>, or 0 where it has no id of its own.</summary>
    public static ulong Of(string stream, EventData data) => data.Id is null ? 0 : Of(data.Source ?? stream, data.Id);

    /// <summary>The number for a recorded event, or 0 where it has no id of its own.</summary>
    public static ulong Of(RecordedEvent @event) => EventBody.Has(@event.Body.Span, EventField.Id) ? Of(@event.Source, @event.Id) : 0;

    /// <summary>The number for an event's body as it is stored in <paramref name="stream"/> (UTF-8), or 0 where it has no id of its own.</summary>
    public static ulong Of(ReadOnlySpan<byte> stream, ReadOnlySpan<byte> body)
    {
        if (!EventBody.Has(body, EventField.Id))
            return 0;
        var source = EventBody.Has(body, EventField.Source) ? EventBody.Field(body, EventField.Source) : stream;
        return Math.Max(1, OfUtf16(EventBody.Field(body, EventField.Id), OfUtf16(source, 0)));
    }

    /// <summary>The number for a source and id; never 0.</summary>
    public static ulong Of(string source, string id) =>
        Math.Max(1, StableHash.Of(MemoryMarshal.AsBytes(id.AsSpan()), StableHash.Of(MemoryMarshal.AsBytes(source.AsSpan()))));

    private static ulong OfUtf16(ReadOnlySpan<byte> utf8, ulong seed)
    {
        Span<char> room = stackalloc char[256];
        var text = utf8.Length <= room.Length ? room : new char[utf8.Length];
        var length = Encoding.UTF8.GetChars(utf8, text);
        return StableHash.Of(MemoryMarshal.AsBytes(text[..length]), seed);
    }
}
