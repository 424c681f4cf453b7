namespace TradingFloor;

/// <summary>What opening a directory found and did.</summary>
/// <param name="Tick">The tick whose time the clock service had stored; 0 for none.</param>
/// <param name="Actors">How many actors were rebuilt.</param>
/// <param name="Messages">From how many messages after their snapshots.</param>
/// <param name="Behind">How many strategies had not had the tick's quote: the crash fell into the tick.</param>
/// <param name="Milliseconds">How long rebuilding took.</param>
internal sealed record RebuildStory(int Tick, int Actors, long Messages, int Behind, double Milliseconds);
