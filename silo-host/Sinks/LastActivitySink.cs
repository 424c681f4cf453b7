using Orleans.Persist.Journal;

namespace Orleans.Persist.SiloHost.Sinks;

/// <summary>Keeps the last activity of each subject: the event with the latest own time; of several with the same, the one published last.</summary>
internal sealed class LastActivitySink : HostSink<LastActivity>
{
    /// <summary>The sink's name.</summary>
    public const string SinkName = "last-activity";

    /// <inheritdoc/>
    public override string Name => SinkName;

    /// <inheritdoc/>
    protected internal override void Apply(LastActivity state, RecordedEvent @event)
    {
        if (@event.Subject is { } subject && (!state.Subjects.TryGetValue(subject, out var last) || @event.Time >= last.Time))
            state.Subjects[subject] = new Activity(@event.Time, @event.Type);
    }
}
