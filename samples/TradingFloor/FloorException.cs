namespace TradingFloor;

/// <summary>The sample cannot go on; the message says why.</summary>
internal sealed class FloorException(string message) : Exception(message);
