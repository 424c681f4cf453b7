using Orleans.Persist.Processes;
using Orleans.Persist.Serialization;

namespace TradingFloor.Actors;

/// <summary>An order of a strategy.</summary>
/// <param name="Id">Its id: a GUID that the strategy drew, the same in every rebuild.</param>
/// <param name="Strategy">Whose it is.</param>
/// <param name="Quantity">How many to buy; less than 0 to sell.</param>
/// <param name="Price">In cents.</param>
/// <param name="Placed">When the strategy placed it.</param>
[EventType("place-order")]
internal sealed record PlaceOrder(Guid Id, string Strategy, int Quantity, long Price, DateTimeOffset Placed);

/// <summary>An order as the gateway has it.</summary>
internal sealed record Order(Guid Id, string Strategy, int Quantity, long Price, DateTimeOffset Placed, DateTimeOffset Received)
{
    /// <summary>How often it came: once, if sends take effect once.</summary>
    public int Arrivals { get; init; } = 1;
}

internal sealed class GatewayState
{
    public Dictionary<Guid, Order> Orders { get; init; } = [];
}

/// <summary>The way to the exchange as a service, one for each instrument: takes orders, and tells their strategies that they are filled.</summary>
/// <remarks>
/// Which of two strategies' orders comes first depends on the machine's threads, live as in the undisturbed run: so nothing in a fill or an order may depend on it.
/// The orders of one strategy come in the order in which it sent them.
/// </remarks>
internal sealed class OrderGateway : JournaledProcess<GatewayState, PlaceOrder>
{
    public const string Kind = "order-gateway";

    public static ProcessId Of(int instrument) => new(Kind, $"{instrument}");

    protected override object? Handle(PlaceOrder message)
    {
        if (State.Orders.TryGetValue(message.Id, out var known))
        {
            State.Orders[message.Id] = known with { Arrivals = known.Arrivals + 1 };
            return null;
        }

        State.Orders.Add(message.Id, new Order(message.Id, message.Strategy, message.Quantity, message.Price, message.Placed, Now));
        Send(new ProcessId(Strategy.Kind, message.Strategy), new Fill(message.Id, message.Quantity, message.Price));
        return null;
    }
}
