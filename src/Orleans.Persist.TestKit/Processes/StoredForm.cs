using System.Buffers;
using Orleans.Persist.Journal;
using Orleans.Persist.Processes;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.TestKit.Processes;

/// <summary>Whether two events, states or messages are the same: equal, or stored as the same bytes. The latter so that a collection in a record does not make two of what is one.</summary>
internal sealed class StoredForm<TState, TEvent>(KernelOptions<TState, TEvent> options, HeldSends sends)
    where TEvent : notnull
{
    public bool AreSame(TEvent left, TEvent right)
    {
        if (Equals(left, right))
            return true;
        var (l, r) = (Encode(left), Encode(right));
        return l.Type == r.Type && l.SchemaVersion == r.SchemaVersion && l.Data.Span.SequenceEqual(r.Data.Span);
    }

    public bool AreSame(SentMessage left, SentMessage right)
    {
        if (left.To != right.To)
            return false;
        if (Equals(left.Message, right.Message))
            return true;
        var (l, r) = (sends.Encode(left.To, left.Message), sends.Encode(right.To, right.Message));
        return l.Type == r.Type && l.SchemaVersion == r.SchemaVersion && l.Data.Span.SequenceEqual(r.Data.Span);
    }

    public bool AreSame(TState left, TState right) => Equals(left, right) || Encode(left).Span.SequenceEqual(Encode(right).Span);

    public List<TEvent> Decode(RecordedEvent recorded)
    {
        var events = new List<TEvent>();
        options.Events.FromJournal(recorded, events);
        return events;
    }

    public EventData Encode(TEvent @event, DateTimeOffset time = default) =>
        options.Events.ToJournal(@event, new EventStamp { Time = time }, new ArrayBufferWriter<byte>());

    private ReadOnlyMemory<byte> Encode(TState state)
    {
        var output = new ArrayBufferWriter<byte>();
        try
        {
            options.State.Write(state, output);
        }
        catch (Exception e)
        {
            throw new ProcessAssertionException($"The state cannot be written by its codec, so that no snapshot could be taken either: {e.Message}", e);
        }

        return output.WrittenMemory;
    }
}
