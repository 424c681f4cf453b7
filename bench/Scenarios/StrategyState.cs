namespace Orleans.Persist.Bench.Scenarios;

/// <summary>What an actor keeps: a position and two moving averages.</summary>
internal sealed class StrategyState
{
    public long Ticks { get; set; }

    public long Position { get; set; }

    public double Fast { get; set; }

    public double Slow { get; set; }

    /// <summary>The handler, also for the bare loop.</summary>
    public void On(in Tick tick)
    {
        Ticks++;
        Fast += (tick.Price - Fast) / 10;
        Slow += (tick.Price - Slow) / 100;
        Position += Fast > Slow ? tick.Quantity : -tick.Quantity;
    }
}
