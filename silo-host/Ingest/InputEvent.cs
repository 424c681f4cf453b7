using Orleans.Persist.Journal;

namespace Orleans.Persist.SiloHost.Ingest;

/// <summary>An event of an input, and the line (from 1) on which it begins there.</summary>
internal readonly record struct InputEvent(EventData Event, long Line);
