using System.Globalization;
using System.Text;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Bench.Scenarios;

/// <summary>The events of the query scenario: 25 for each aggregate, spread over the whole log; one of 100 has the rare type.</summary>
internal static class QueryData
{
    public const int PerAggregate = 25;
    public const string RareType = "OrderCancelled";
    private const int PayloadBytes = 200;
    private static readonly string[] Types = ["OrderPlaced", "OrderPaid", "OrderPacked", "OrderShipped"];

    /// <summary>When the publisher made the first event; one a second follows.</summary>
    public static DateTimeOffset Start { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static string Subject(long aggregate) => string.Create(CultureInfo.InvariantCulture, $"order-{aggregate}");

    public static string Type(long number) => number % 100 == 99 ? RareType : Types[number % 4];

    /// <summary>The n-th event, from 0, of a log with so many aggregates. Each round goes over all aggregates in another order.</summary>
    public static EventData Event(long number, long aggregates)
    {
        var (round, place) = Math.DivRem(number, aggregates);
        var aggregate = ((place * 7919) + (round * 104_729)) % aggregates;
        return new EventData
        {
            Type = Type(number),
            Id = number.ToString("x12", CultureInfo.InvariantCulture),
            Subject = Subject(aggregate),
            Time = Start.AddSeconds(number),
            ContentType = "application/json",
            Data = Payload(number),
        };
    }

    private static byte[] Payload(long number)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{{\"number\":{number},\"amount\":{number % 10_000},\"note\":\"");
        return Encoding.UTF8.GetBytes(text.PadRight(PayloadBytes - 2, (char)('a' + (number % 26))) + "\"}");
    }
}
