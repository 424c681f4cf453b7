namespace Orleans.Persist.Projections;

/// <summary>A state as of a version of its source.</summary>
/// <typeparam name="TState">The state.</typeparam>
/// <param name="Incarnation">The incarnation of the source.</param>
/// <param name="Version">The version as of which the state is; no event up to it is missing but those left out by a moment of the publishers' time.</param>
/// <param name="Events">How many events are folded into it, those of the snapshot included.</param>
/// <param name="FromSnapshot">How many of them came with a snapshot and were not read again.</param>
/// <param name="State">The state.</param>
public sealed record ProjectedState<TState>(int Incarnation, long Version, long Events, long FromSnapshot, TState State);
