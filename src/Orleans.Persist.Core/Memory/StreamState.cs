using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Memory;

/// <summary>A stream of the in-memory journal. Guarded by the journal's lock.</summary>
internal sealed class StreamState(string name, int incarnation)
{
    public StreamHead Head { get; set; } = StreamHead.None(name) with { Incarnation = incarnation };

    private Dictionary<(string Source, string Id), RecordedEvent>? _ids;

    /// <summary>The events from <see cref="StreamHead.FirstVersion"/> on.</summary>
    public List<RecordedEvent> Events { get; } = [];

    public Dictionary<string, (long Sequence, AppendResult Result)> Producers { get; } = new(StringComparer.Ordinal);

    /// <summary>Completed, and replaced, whenever the head changes.</summary>
    public TaskCompletionSource Changed { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Has <see cref="Find"/> look among all events.</summary>
    public void RememberIds()
    {
        if (_ids is not null)
            return;
        _ids = [];
        Events.ForEach(Note);
    }

    public void Add(RecordedEvent @event)
    {
        Events.Add(@event);
        Note(@event);
    }

    /// <summary>Removes the oldest events.</summary>
    public void Remove(int count)
    {
        foreach (var @event in Events.Take(_ids is null ? 0 : count))
        {
            if (_ids!.TryGetValue((@event.Source, @event.Id), out var known) && known == @event)
                _ids.Remove((@event.Source, @event.Id));
        }

        Events.RemoveRange(0, count);
    }

    /// <summary>Removes everything.</summary>
    public void Clear()
    {
        Events.Clear();
        Producers.Clear();
        _ids?.Clear();
    }

    private void Note(RecordedEvent @event)
    {
        if (_ids is not null && EventBody.Has(@event.Body.Span, EventField.Id))
            _ids[(@event.Source, @event.Id)] = @event;
    }

    /// <summary>The newest of the last <paramref name="window"/> events, or of all where they are remembered, that has this source and id of its own.</summary>
    public RecordedEvent? Find(EventData data, int window)
    {
        if (data.Id is null)
            return null;
        var source = data.Source ?? Head.Stream;
        if (_ids is not null)
            return _ids.GetValueOrDefault((source, data.Id));
        for (var i = Events.Count - 1; i >= Math.Max(0, Events.Count - window); i--)
        {
            if (EventBody.Has(Events[i].Body.Span, EventField.Id) && Events[i].Id == data.Id && Events[i].Source == source)
                return Events[i];
        }

        return null;
    }
}
