using Orleans.Persist.Journal;

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
        _events.Add(@event.ToEventData() with { Id = null, Source = null });
        _bytes += @event.Body.Length;
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_events.Count > 0)
            await journal.AppendAsync(target.Stream, new ExpectedVersion(-1, target.Incarnation), _events.ToArray(), producer: null, cancellationToken).ConfigureAwait(false);
        _events.Clear();
        _bytes = 0;
    }
}
