using Orleans.Persist.Processes;
using Orleans.Persist.Serialization;

namespace TradingFloor.Actors;

internal interface IMarketMessage;

/// <summary>How many strategies there are; the first one counts.</summary>
[EventType("market-opened")]
internal sealed record OpenMarket(int Strategies) : IMarketMessage;

/// <summary>The prices of all instruments, in cents, numbered by the outside world.</summary>
[EventType("tick")]
internal sealed record Tick(int Number, long[] Prices) : IMarketMessage;

internal sealed record MarketState
{
    public int Strategies { get; init; }

    public int LastTick { get; init; }
}

/// <summary>Market data as a service: a tick of the outside world becomes a quote to every strategy, each of its own instrument.</summary>
internal sealed class MarketData : JournaledProcess<MarketState, IMarketMessage>
{
    public static readonly ProcessId Service = new("market-data", "main");

    protected override object? Handle(IMarketMessage message)
    {
        switch (message)
        {
            case OpenMarket open when State.Strategies == 0:
                State = State with { Strategies = open.Strategies };
                break;
            case Tick tick when tick.Number == State.LastTick + 1: // else it was here before, and was fed again since its answer got lost
                State = State with { LastTick = tick.Number };
                for (var i = 0; i < State.Strategies; i++)
                {
                    var instrument = i % tick.Prices.Length;
                    Send(Strategy.Number(i), new Quote(tick.Number, instrument, tick.Prices[instrument]));
                }

                break;
        }

        return State.LastTick;
    }
}
