using System.Buffers;
using System.Text;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Core.Tests.Serialization;

/// <summary>Events as a journal would give them back.</summary>
internal static class Recorded
{
    public static RecordedEvent Of(EventData data, long version = 7)
    {
        var body = new byte[EventBody.MaxLength(data)];
        Array.Resize(ref body, EventBody.Write(data, DateTimeOffset.UnixEpoch.UtcTicks, body));
        EventBody.Validate(body);
        return new RecordedEvent("accounts/1", 1, version, 0, DateTime.UnixEpoch, body);
    }

    public static RecordedEvent Json(string type, string json, int schemaVersion = 1, long version = 7) =>
        Of(new EventData { Type = type, SchemaVersion = schemaVersion, ContentType = "application/json", Data = Encoding.UTF8.GetBytes(json) }, version);

    /// <summary>What a registry makes of an event on its way to the journal.</summary>
    public static EventData Stored<TEvent>(this EventTypes<TEvent> types, TEvent @event) =>
        types.ToJournal(@event, new EventStamp { Time = DateTimeOffset.UnixEpoch }, new ArrayBufferWriter<byte>());

    public static List<TEvent> Read<TEvent>(this EventTypes<TEvent> types, RecordedEvent recorded)
    {
        var events = new List<TEvent>();
        types.FromJournal(recorded, events);
        if (types.TryReadOne(recorded, out var one))
            Assert.Equal(one, Assert.Single(events));
        return events;
    }

    public static TEvent Again<TEvent>(this EventTypes<TEvent> types, TEvent @event) => Assert.Single(types.Read(Of(types.Stored(@event))));
}
