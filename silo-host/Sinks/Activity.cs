namespace Orleans.Persist.SiloHost.Sinks;

/// <summary>The last thing that happened to a subject.</summary>
/// <param name="Time">When, by the event's own time (UTC).</param>
/// <param name="Type">What.</param>
internal sealed record Activity(DateTimeOffset Time, string Type);
