using System.Globalization;
using Orleans.Persist.Journal;

namespace Orleans.Persist.SiloHost.Sinks;

/// <summary>Counts events by the day of their own time.</summary>
internal sealed class EventsPerDaySink : HostSink<EventsPerDay>
{
    /// <summary>The sink's name.</summary>
    public const string SinkName = "events-per-day";

    /// <inheritdoc/>
    public override string Name => SinkName;

    /// <inheritdoc/>
    protected internal override void Apply(EventsPerDay state, RecordedEvent @event)
    {
        var day = @event.Time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        state.Counts[day] = state.Counts.GetValueOrDefault(day) + 1;
    }
}
