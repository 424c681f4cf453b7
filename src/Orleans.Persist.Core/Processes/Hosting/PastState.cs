namespace Orleans.Persist.Processes;

/// <summary>The state of a process as of some version.</summary>
/// <param name="State">The state; a copy of its own.</param>
/// <param name="Version">The version of the newest event in it; 0 where there is none.</param>
/// <param name="Recorded">When that was recorded (UTC); the minimum where there is none.</param>
public sealed record PastState<TState>(TState State, long Version, DateTimeOffset Recorded);
