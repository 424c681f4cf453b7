using System.Globalization;
using Orleans.Persist.Processes;
using Orleans.Persist.Serialization;

namespace TradingFloor.Actors;

internal interface IStrategyMessage;

/// <summary>The price of the strategy's instrument, in cents, as of a tick.</summary>
[EventType("quote")]
internal sealed record Quote(int Tick, int Instrument, long Price) : IStrategyMessage;

/// <summary>An order of the strategy was filled.</summary>
[EventType("fill")]
internal sealed record Fill(Guid Order, int Quantity, long Price) : IStrategyMessage;

/// <summary>The strategy's own timer: time to look at what it holds.</summary>
[EventType("review")]
internal sealed record Review : IStrategyMessage;

internal sealed record StrategyState
{
    public int LastTick { get; init; }

    public int Instrument { get; init; }

    public long Price { get; init; }

    public long Holding { get; init; }

    public long Cash { get; init; }

    public int Placed { get; init; }

    public int Unfilled { get; init; }

    public double Mood { get; init; }

    public DateTimeOffset LastPlaced { get; init; }

    public DateTimeOffset NextReview { get; init; }
}

/// <summary>One of the many: buys and sells by its mood, and now and then, by a timer, sells half of what it holds. It talks to service actors only.</summary>
/// <remarks>
/// Everything that is not in a message is drawn from the actor's own time and random numbers, so that a rebuild repeats it.
/// It has one timer, due at a whole tick, so that in the moment of a tick at most one of its messages comes from a timer: their order does not depend on threads.
/// </remarks>
internal sealed class Strategy : JournaledProcess<StrategyState, IStrategyMessage>
{
    public const string Kind = "strategy";
    public static readonly TimeSpan TickTime = TimeSpan.FromSeconds(1);

    public static ProcessId Number(int number) => new(Kind, number.ToString("D5", CultureInfo.InvariantCulture));

    protected override object? Handle(IStrategyMessage message)
    {
        switch (message)
        {
            case Quote quote:
                var rise = State.Price == 0 ? 0 : (double)(quote.Price - State.Price) / State.Price;
                State = State with
                {
                    LastTick = quote.Tick,
                    Instrument = quote.Instrument,
                    Price = quote.Price,
                    Mood = (State.Mood / 2) + (10 * rise) + ((Random.NextDouble() - 0.5) / 2),
                };
                if (quote.Tick == 1)
                    ReviewLater();
                if (Math.Abs(State.Mood) > 0.2)
                    Place(Math.Sign(State.Mood) * Random.Next(1, 100));
                break;
            case Review:
                if (State.Holding / 2 != 0)
                    Place((int)-(State.Holding / 2));
                ReviewLater();
                break;
            case Fill fill:
                State = State with { Unfilled = State.Unfilled - 1, Holding = State.Holding + fill.Quantity, Cash = State.Cash - (fill.Quantity * fill.Price) };
                break;
        }

        return null;
    }

    private void Place(int quantity)
    {
        Send(OrderGateway.Of(State.Instrument), new PlaceOrder(NewGuid(), Id.Key, quantity, State.Price, Now));
        State = State with { Placed = State.Placed + 1, Unfilled = State.Unfilled + 1, LastPlaced = Now };
    }

    private void ReviewLater()
    {
        var wait = TickTime * Random.Next(2, 8);
        SetTimer("review", wait, new Review());
        State = State with { NextReview = Now + wait };
    }
}
