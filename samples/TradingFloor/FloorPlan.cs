using Orleans.Persist.Processes;
using TradingFloor.Actors;

namespace TradingFloor;

/// <summary>What the outside world feeds: numbered ticks, each with its time and its prices. The same numbers give the same plan.</summary>
internal sealed class FloorPlan
{
    public const int Instruments = 8;
    private const long FirstPrice = 10_000;
    private readonly long[][] _prices;

    public FloorPlan(int actors, int ticks)
    {
        (Actors, Ticks) = (actors, ticks);
        var random = new DeterministicRandom(2019);
        _prices = new long[ticks + 1][];
        _prices[0] = [.. Enumerable.Repeat(FirstPrice, Instruments)];
        for (var tick = 1; tick <= ticks; tick++)
            _prices[tick] = [.. _prices[tick - 1].Select(price => Math.Max(1, price + random.Next(-100, 101)))];
    }

    public static DateTimeOffset Start { get; } = new(2019, 10, 17, 9, 0, 0, TimeSpan.Zero);

    public int Actors { get; }

    public int Ticks { get; }

    public static DateTimeOffset TimeOf(int tick) => Start + (Strategy.TickTime * tick);

    public Tick Tick(int number) => new(number, _prices[number]);
}
