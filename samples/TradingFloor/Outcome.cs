using TradingFloor.Actors;

namespace TradingFloor;

/// <summary>What a run has left: the strategies' states, the messages they have handled with their times, and the orders.</summary>
internal sealed record Outcome(
    SortedDictionary<string, StrategyState> States, SortedDictionary<string, List<(DateTimeOffset Time, IStrategyMessage Message)>> Messages, Dictionary<Guid, Order> Orders)
{
    public long MessageCount => Messages.Values.Sum(m => (long)m.Count);

    public static async Task<Outcome> OfAsync(Floor floor, CancellationToken cancellationToken)
    {
        var states = await floor.StrategiesAsync(cancellationToken);
        var messages = new SortedDictionary<string, List<(DateTimeOffset, IStrategyMessage)>>(StringComparer.Ordinal);
        foreach (var key in states.Keys)
        {
            var handled = new List<(DateTimeOffset, IStrategyMessage)>();
            await foreach (var message in floor.Host.ReadAsync<IStrategyMessage>(new(Strategy.Kind, key), cancellationToken: cancellationToken))
                handled.Add((message.Time, message.Event));
            messages.Add(key, handled);
        }

        return new Outcome(states, messages, await floor.OrdersAsync(cancellationToken));
    }
}
