using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Memory;

/// <summary>A stream of the in-memory journal. Guarded by the journal's lock.</summary>
internal sealed class StreamState(string name, int incarnation)
{
    public StreamHead Head { get; set; } = StreamHead.None(name) with { Incarnation = incarnation };

    /// <summary>The events from <see cref="StreamHead.FirstVersion"/> on.</summary>
    public List<RecordedEvent> Events { get; set; } = [];

    public Dictionary<string, (long Sequence, AppendResult Result)> Producers { get; } = new(StringComparer.Ordinal);

    /// <summary>Completed, and replaced, whenever the head changes.</summary>
    public TaskCompletionSource Changed { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The newest of the last <paramref name="window"/> events that has this source and id of its own.</summary>
    public RecordedEvent? Find(EventData data, int window)
    {
        if (data.Id is null)
            return null;
        var source = data.Source ?? Head.Stream;
        for (var i = Events.Count - 1; i >= Math.Max(0, Events.Count - window); i--)
        {
            if (EventBody.Has(Events[i].Body.Span, EventField.Id) && Events[i].Id == data.Id && Events[i].Source == source)
                return Events[i];
        }

        return null;
    }
}
