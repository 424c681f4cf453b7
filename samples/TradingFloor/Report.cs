using System.Text.Json;

namespace TradingFloor;

/// <summary>The comparison of both runs.</summary>
internal sealed class Report
{
    public required FloorPlan Plan { get; init; }

    public required Outcome Expected { get; init; }

    public required Outcome Actual { get; init; }

    public required IReadOnlyList<(KillPlace Place, RebuildStory Found)> Rebuilds { get; init; }

    /// <summary>Strategies whose messages, handled again, drew or sent something else.</summary>
    public required int Diverged { get; init; }

    public required TimeSpan UndisturbedTime { get; init; }

    public required TimeSpan KilledTime { get; init; }

    public int StatesEqual => Expected.States.Count(s => Actual.States.GetValueOrDefault(s.Key) == s.Value);

    public int HistoriesEqual => Expected.Messages.Count(m => Actual.Messages.TryGetValue(m.Key, out var other) && m.Value.SequenceEqual(other));

    public int OrdersEqual => Expected.Orders.Count(o => Actual.Orders.TryGetValue(o.Key, out var other) && o.Value == other);

    public int OrdersLost => Expected.Orders.Keys.Count(id => !Actual.Orders.ContainsKey(id));

    public int OrdersOnlyHere => Actual.Orders.Keys.Count(id => !Expected.Orders.ContainsKey(id));

    public int OrdersTwice => Actual.Orders.Values.Count(o => o.Arrivals != 1) + Expected.Orders.Values.Count(o => o.Arrivals != 1);

    /// <summary>Orders that strategies have counted as placed, in the run that was killed.</summary>
    public long Placed => Actual.States.Values.Sum(s => (long)s.Placed);

    public bool Ok => StatesEqual == Plan.Actors && Actual.States.Count == Plan.Actors && HistoriesEqual == Plan.Actors && Diverged == 0
        && OrdersEqual == Expected.Orders.Count && OrdersOnlyHere == 0 && OrdersTwice == 0 && Placed == Actual.Orders.Count && Placed > 0;

    public void Write(bool json)
    {
        Console.Out.WriteLine();
        Row("", "undisturbed", "killed and rebuilt", "");
        Row("strategies, by their state", Plan.Actors, StatesEqual, StatesEqual == Plan.Actors ? "equal" : "DIFFERENT");
        Row("strategies, by their messages and times", Plan.Actors, HistoriesEqual, HistoriesEqual == Plan.Actors ? "equal" : "DIFFERENT");
        Row("messages handled by strategies", Expected.MessageCount, Actual.MessageCount, "");
        Row("strategies that repeat their draws and sends", Plan.Actors, Plan.Actors - Diverged, Diverged == 0 ? "all" : "DIVERGED");
        Row("orders", Expected.Orders.Count, OrdersEqual, OrdersEqual == Expected.Orders.Count && OrdersOnlyHere == 0 ? "equal" : "DIFFERENT");
        Row("orders lost / sent twice", "", $"{OrdersLost} / {OrdersTwice}", OrdersLost + OrdersTwice == 0 ? "none" : "WRONG");
        Row("seconds", $"{UndisturbedTime.TotalSeconds:F1}", $"{KilledTime.TotalSeconds:F1}", $"{Rebuilds.Count} kills");
        Console.Out.WriteLine(Ok ? "ok" : "NOT OK");
        if (json)
            Console.Out.WriteLine(Json());
    }

    private static void Row(string what, object left, object right, string verdict) =>
        Console.Out.WriteLine(FormattableString.Invariant($"{what,-46}{left,14:N0}{right,20:N0}  {verdict}").TrimEnd());

    private string Json() => JsonSerializer.Serialize(new
    {
        ok = Ok,
        actors = Plan.Actors,
        ticks = Plan.Ticks,
        messages = Actual.MessageCount,
        states_equal = StatesEqual,
        histories_equal = HistoriesEqual,
        diverged = Diverged,
        orders = Actual.Orders.Count,
        orders_equal = OrdersEqual,
        orders_lost = OrdersLost,
        orders_twice = OrdersTwice,
        kills = Rebuilds.Select(r => new
        {
            step = r.Place.Step.ToString(),
            after_messages = r.Place.Messages,
            tick = r.Found.Tick,
            strategies_unfinished = r.Found.Unfinished,
            rebuilt_actors = r.Found.Actors,
            rebuilt_messages = r.Found.Messages,
            rebuild_ms = r.Found.Milliseconds,
        }),
        undisturbed_s = Math.Round(UndisturbedTime.TotalSeconds, 2),
        killed_s = Math.Round(KilledTime.TotalSeconds, 2),
    });
}
