namespace TradingFloor;

/// <summary>What opening a directory found and did.</summary>
/// <param name="Tick">The tick whose time the clock service had stored; 0 for none.</param>
/// <param name="Actors">How many actors were rebuilt.</param>
/// <param name="Messages">From how many messages after their snapshots.</param>
/// <param name="Unfinished">How many strategies were not done with the tick: no quote yet, or an order that was not filled.</param>
/// <param name="Milliseconds">How long rebuilding took.</param>
internal sealed record RebuildStory(int Tick, int Actors, long Messages, int Unfinished, double Milliseconds);
