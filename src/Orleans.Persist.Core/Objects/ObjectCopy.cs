using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Objects;

/// <summary>Copies events into another stream, in appends of bounded size.</summary>
internal sealed class ObjectCopy(IJournal journal, StreamHead target)
{
    private const int MaxEvents = 1_000;
    private const int MaxBytes = 1 << 20;
    private readonly List<EventData> _events = [];
    private long _bytes;

    public async ValueTask AddAsync(RecordedEvent @event, CancellationToken cancellationToken)
    {
        if (_events.Count >= Math.Min(MaxEvents, journal.Limits.MaxAppendEvents) || (_events.Count > 0 && _bytes + @event.Body.Length > MaxBytes))
            await FlushAsync(cancellationToken).ConfigureAwait(false);
        _events.Add(AsExported(@event));
        _bytes += @event.Body.Length;
    }

    /// <summary>An object has an id where its export had one, which is to be known again after the purge; what the journal has filled in belongs to the stream it stood in.</summary>
    private static EventData AsExported(RecordedEvent @event)
    {
        var data = @event.ToEventData();
        return data with { Id = EventBody.Has(@event.Body.Span, EventField.Id) ? data.Id : null, Source = null };
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_events.Count > 0)
            await journal.AppendAsync(target.Stream, new ExpectedVersion(-1, target.Incarnation), _events.ToArray(), producer: null, cancellationToken).ConfigureAwait(false);
        _events.Clear();
        _bytes = 0;
    }
}
