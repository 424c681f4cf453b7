using Orleans.Persist.Journal;

namespace Orleans.Persist.Processes;

/// <summary>An event of a process as subscribers see it.</summary>
/// <param name="Version">Its sequence number.</param>
/// <param name="Time">Its own time (UTC).</param>
/// <param name="Event">The event as of today, adapted.</param>
/// <param name="Recorded">The event as stored.</param>
public sealed record ProcessEvent<TEvent>(long Version, DateTimeOffset Time, TEvent Event, RecordedEvent Recorded);
