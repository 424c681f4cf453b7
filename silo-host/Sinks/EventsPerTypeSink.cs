using Orleans.Persist.Journal;

namespace Orleans.Persist.SiloHost.Sinks;

/// <summary>Counts events by their types.</summary>
internal sealed class EventsPerTypeSink : HostSink<EventsPerType>
{
    /// <summary>The sink's name.</summary>
    public const string SinkName = "events-per-type";

    /// <inheritdoc/>
    public override string Name => SinkName;

    /// <inheritdoc/>
    protected internal override void Apply(EventsPerType state, RecordedEvent @event) =>
        state.Counts[@event.Type] = state.Counts.GetValueOrDefault(@event.Type) + 1;
}
