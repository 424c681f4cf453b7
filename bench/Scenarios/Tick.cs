namespace Orleans.Persist.Bench.Scenarios;

/// <summary>A message of the talk's size: 20 bytes.</summary>
internal readonly record struct Tick(long Instrument, int Quantity, long Price);
